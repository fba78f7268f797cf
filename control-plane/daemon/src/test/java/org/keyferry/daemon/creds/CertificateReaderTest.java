package org.keyferry.daemon.creds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

class CertificateReaderTest {
    private static LoadedCertificate read(CertificateKind kind, Flag flag, String file)
            throws Exception {
        return CertificateReader.read(kind, flag, Samples.file(file));
    }

    @Test
    void aCertificateSpeaksForItsSubjectAndItsAlternativeNames() throws Exception {
        LoadedCertificate moon = read(CertificateKind.X509, Flag.NONE, "moon.pem");
        assertEquals(
                List.of(
                        "C=CH, O=Keyferry, CN=moon",
                        "moon.example.org",
                        "moon@example.org",
                        "192.0.2.1"),
                moon.subjects().stream().map(Identification::toString).toList());
        assertTrue(moon.speaksFor(Identification.parse("moon.example.org")));
        assertTrue(moon.speaksFor(Identification.parse("C=CH, O=Keyferry, CN=*")));
        assertFalse(moon.speaksFor(Identification.parse("sun.example.org")));
        assertEquals(Flag.NONE, moon.flag());
        assertEquals(Bytes.of(Samples.file("moon.der")), moon.der());
    }

    @Test
    void aCertificateHasTheIdOfItsPrivateKey() throws Exception {
        OwnKey key = PrivateKeyReader.read("any", Samples.file("ec-pkcs8.pem"));
        LoadedCertificate moon = read(CertificateKind.X509, Flag.NONE, "moon.der");
        assertEquals(key.id(), moon.keyId().orElseThrow());
    }

    @Test
    void anAuthorityIsOneWhateverItIsLoadedFor() throws Exception {
        assertEquals(Flag.CA, read(CertificateKind.X509, Flag.NONE, "ca.pem").flag());
        assertEquals(Flag.CA, read(CertificateKind.X509, Flag.CA, "ca.pem").flag());
        var refused =
                assertThrows(
                        CredentialRefused.class,
                        () -> read(CertificateKind.X509, Flag.CA, "moon.pem"));
        assertEquals("ca certificate lacks CA basic constraint, rejected", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "X509_CRL,      ca.crl",
        "X509_AC,       moon-ac.der",
        "OCSP_RESPONSE, ocsp.der",
        "PUBKEY,        ed25519-public.pem",
    })
    void otherKindsAreReadToo(CertificateKind kind, String file) throws Exception {
        assertEquals(kind, read(kind, Flag.NONE, file).kind());
    }

    @Test
    void aBarePublicKeyIsThatOfItsPrivateKey() throws Exception {
        OwnKey key = PrivateKeyReader.read("ed25519", Samples.file("ed25519.pem"));
        LoadedCertificate bare = read(CertificateKind.PUBKEY, Flag.NONE, "ed25519-public.pem");
        assertEquals(key.id(), bare.keyId().orElseThrow());
        assertEquals(List.of(), bare.subjects());
    }

    @ParameterizedTest
    @CsvSource({
        "X509,          ca.crl",
        "X509_CRL,      moon.der",
        "X509_AC,       moon.der",
        "OCSP_RESPONSE, moon.der",
        "PUBKEY,        moon.der",
    })
    void oneKindIsNotTakenForAnother(CertificateKind kind, String file) {
        var refused = assertThrows(CredentialRefused.class, () -> read(kind, Flag.NONE, file));
        assertEquals("parsing " + kind + " certificate failed", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "X509,          moon.der",
        "X509_CRL,      ca.crl",
        "X509_AC,       moon-ac.der",
        "OCSP_RESPONSE, ocsp.der",
    })
    void aCutFileIsRefused(CertificateKind kind, String file) throws Exception {
        byte[] whole = Samples.file(file);
        for (int length = 0; length < whole.length; length += 7) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(
                    CredentialRefused.class, () -> CertificateReader.read(kind, Flag.NONE, cut));
        }
    }
}
