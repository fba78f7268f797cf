package org.keyferry.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;

class HashAndUrlTest {
    /// SHA-1 of "abc" (FIPS 180).
    private static final String HASH = "a9993e364706816aba3e25717850c26c9cd0d89d";

    private static Bytes payload(String url) {
        return Bytes.ofHex(HASH).concat(Bytes.utf8(url));
    }

    @Test
    void aHashAndThenAUrl() throws Exception {
        HashAndUrl parsed = HashAndUrl.parse(payload("http://host/" + HASH));
        assertEquals("http://host/" + HASH, parsed.url());
        assertTrue(parsed.isOf(Bytes.utf8("abc")));
        assertFalse(parsed.isOf(Bytes.utf8("abd")));
        assertEquals(payload("http://host/" + HASH), parsed.encode());
    }

    @Test
    void theBaseIsFollowedByTheHash() throws Exception {
        Certificate certificate = TestCa.root("CN=root").leaf("CN=moon");
        HashAndUrl told = HashAndUrl.of(certificate, "http://host/certs/");
        assertTrue(told.isOf(certificate.der()));
        assertEquals("http://host/certs/" + told.sha1().hex(), told.url());
    }

    /// A peer must not make us read files, or fill memory.
    @Test
    void whatIsNotFetched() {
        for (String url :
                new String[] {
                    "", "file:///etc/shadow", "ftp://host/", "http://a b", "http://\u0001"
                }) {
            assertThrows(BadCertificate.class, () -> HashAndUrl.parse(payload(url)), url);
        }
        assertThrows(
                BadCertificate.class,
                () -> HashAndUrl.parse(payload("http://host/" + "a".repeat(1_024))));
        assertThrows(BadCertificate.class, () -> HashAndUrl.parse(Bytes.ofHex("00")));
    }
}
