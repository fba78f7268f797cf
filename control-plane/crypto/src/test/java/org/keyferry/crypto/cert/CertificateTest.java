package org.keyferry.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

class CertificateTest {
    private static Certificate moon() throws Exception {
        return TestCa.root("CN=root")
                .leaf(
                        "CN=moon.strongswan.org,O=strongSwan Project,C=CH",
                        builder ->
                                builder.addExtension(
                                        Extension.subjectAlternativeName,
                                        false,
                                        new GeneralNames(
                                                new GeneralName[] {
                                                    new GeneralName(
                                                            GeneralName.dNSName,
                                                            "moon.strongswan.org"),
                                                    new GeneralName(
                                                            GeneralName.dNSName, "*.lab.example"),
                                                    new GeneralName(
                                                            GeneralName.rfc822Name,
                                                            "moon@strongswan.org"),
                                                    new GeneralName(
                                                            GeneralName.iPAddress, "192.168.0.1"),
                                                    new GeneralName(
                                                            GeneralName.iPAddress, "fec0::1"),
                                                })));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "moon.strongswan.org                          | true",
                "MOON.strongswan.ORG                          | true",
                "moon@strongswan.org                          | true",
                "192.168.0.1                                  | true",
                "fec0::1                                      | true",
                "C=CH, O=strongSwan Project, CN=moon.strongswan.org | true",
                "host.lab.example                             | true",
                "a.host.lab.example                           | false",
                "lab.example                                  | false",
                "sun.strongswan.org                           | false",
                "192.168.0.2                                  | false",
                "C=CH, O=strongSwan Project, CN=sun.strongswan.org | false",
                "%any                                         | false",
            })
    void itIsForItsNamesOnly(String id, boolean expected) throws Exception {
        assertEquals(expected, moon().isFor(Identification.parse(id)));
    }

    /// A peer that calls itself `*.lab.example` is not the host that the wildcard covers.
    @Test
    void aWildcardAsIdentityIsNoMatchForAnotherName() throws Exception {
        assertFalse(moon().isFor(Identification.parse("*.strongswan.org")));
    }

    @Test
    void pemAndDerAreTheSame() throws Exception {
        Certificate moon = moon();
        String pem =
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(moon.der().toArray())
                        + "\n-----END CERTIFICATE-----\n";
        assertEquals(moon, Certificate.parse(Bytes.utf8(pem)));
    }

    @Test
    void keysHaveIds() throws Exception {
        Certificate moon = moon();
        assertEquals(20, moon.keyId().length());
        assertTrue(moon.isFor(new Identification(org.keyferry.wire.IdType.KEY_ID, moon.keyId())));
    }

    @Test
    void anythingElseIsNoCertificate() {
        assertThrows(BadCertificate.class, () -> Certificate.parse(Bytes.EMPTY));
        assertThrows(BadCertificate.class, () -> Certificate.parse(Bytes.utf8("hello")));
    }

    @Test
    void aTruncatedOrSpoiledOneIsRefusedOrHarmless() throws Exception {
        byte[] der = moon().der().toArray();
        for (int at = 0; at < der.length; at++) {
            byte[] spoiled = der.clone();
            spoiled[at] ^= 0x55;
            try {
                assertFalse(Certificate.parse(Bytes.of(spoiled)).der().equals(moon().der()));
            } catch (BadCertificate refused) {
                assertFalse(refused.getMessage().isEmpty());
            }
        }
    }
}
