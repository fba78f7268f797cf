package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

class CipherTest {
    /// RFC 3686 §6, test vectors 1, 4 and 7: nonce, IV and block counter 1.
    @ParameterizedTest
    @CsvSource({
        "ae6852f8121067cc4bf7a5765577f39e, 00000030000000000000000000000001,"
                + " e4095d4fb7a7b3792d6175a3261311b8",
        "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb78515, 0000004836733c147d6d93cb00000001,"
                + " 4b55384fe259c9c84e7935a003cbe928",
        "776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c104,"
                + " 00000060db5672c97aa8f0b200000001, 145ad01dbf824ec7560863dc71e3e0c0"
    })
    void counterModeOfRfc3686(String key, String counter, String ciphertext) {
        byte[] buffer = Hex.bytes("53696e676c6520626c6f636b206d7367");
        var ctr = (CipherEngine.Unauthenticated) engine(13, key.length() * 4);
        ctr.encrypt(Hex.bytes(key), Hex.bytes(counter), buffer, 0, buffer.length);
        assertArrayEquals(Hex.bytes(ciphertext), buffer);
    }

    /// Examples by Eric Young that come with Blowfish: CBC, and one block of a longer key.
    @ParameterizedTest
    @CsvSource({
        "0123456789abcdeff0e1d2c3b4a59687, fedcba9876543210,"
                + " 37363534333231204e6f77206973207468652074696d6520666f722000000000,"
                + " 6b77b4d63006dee605b156e27403979358deb9e7154616d959f1652bd5ff92cc",
        "f0e1d2c3b4a5968778695a4b3c2d1e0f0011223344556677, 0000000000000000,"
                + " fedcba9876543210, 05044b62fa52d080"
    })
    void blowfishOfItsAuthors(String key, String iv, String plaintext, String ciphertext) {
        assertEncrypts(engine(7, key.length() * 4), key, iv, plaintext, ciphertext);
    }

    /// What OpenSSL makes of the same bytes, two blocks.
    @ParameterizedTest
    @CsvSource({
        "16, 413ebbbcb5b5498717c7f2eeb0836f28e2a01018013c485f3e598722c85f8bcc",
        "24, 1a7b47f7df5a2a47e1e7253278472795017cc93b7b10d051d35dfcc9427f5489",
        "32, a2d53870c60d1503ec41d7a0d27bd2030c2380c03f07b5e8b8df8b334287a119"
    })
    void camelliaOfOpenSsl(int keyBytes, String ciphertext) {
        assertEncrypts(
                engine(23, keyBytes * 8),
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                        .substring(0, 2 * keyBytes),
                "101112131415161718191a1b1c1d1e1f",
                "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
                ciphertext);
    }

    private static void assertEncrypts(
            CipherEngine engine, String key, String iv, String plaintext, String ciphertext) {
        byte[] buffer = Hex.bytes(plaintext);
        var cipher = (CipherEngine.Unauthenticated) engine;
        cipher.encrypt(Hex.bytes(key), Hex.bytes(iv), buffer, 0, buffer.length);
        assertArrayEquals(Hex.bytes(ciphertext), buffer);
        cipher.decrypt(Hex.bytes(key), Hex.bytes(iv), buffer, 0, buffer.length);
        assertArrayEquals(Hex.bytes(plaintext), buffer);
    }

    /// RFC 7634 Appendix A: an ESP packet.
    @Test
    void chaChaOfRfc7634() {
        byte[] aad = Hex.bytes("0102030400000005");
        byte[] plaintext =
                Hex.bytes(
                        "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10"
                                + "0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
                                + "2425262728292a2b2c2d2e2f303132333435363701020204");
        byte[] sealed =
                Hex.bytes(
                        "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c6"
                                + "14ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3"
                                + "cbec163fac469b502773f6fb94e664da9165b82829f641e0"
                                + "76aaa8266b7fb0f7b11b369907e1ad43");
        byte[] key = Hex.bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        assertSeals(28, 0, key, Hex.bytes("a0a1a2a31011121314151617"), aad, plaintext, sealed);
    }

    /// NIST SP 800-38C, example 3: 8-byte tag.
    @Test
    void ccmOfSp80038c() {
        assertSeals(
                14,
                128,
                Hex.bytes("404142434445464748494a4b4c4d4e4f"),
                Hex.bytes("101112131415161718191a1b"),
                Hex.bytes("000102030405060708090a0b0c0d0e0f10111213"),
                Hex.bytes("202122232425262728292a2b2c2d2e2f3031323334353637"),
                Hex.bytes("e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"));
    }

    /// Test case 2 of the GCM specification: one block of zeros.
    @Test
    void gcmOfZeros() {
        assertSeals(
                20,
                128,
                new byte[16],
                new byte[12],
                new byte[0],
                new byte[16],
                Hex.bytes("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"));
    }

    private static void assertSeals(
            int id,
            int keyBits,
            byte[] key,
            byte[] nonce,
            byte[] aad,
            byte[] plaintext,
            byte[] sealed) {
        var aead = (CipherEngine.Aead) engine(id, keyBits);
        byte[] buffer = Arrays.copyOf(Concat.of(aad, plaintext), aad.length + sealed.length);
        aead.seal(key, nonce, buffer, aad.length, aad.length, plaintext.length);
        assertArrayEquals(Concat.of(aad, sealed), buffer);
        assertTrue(aead.open(key, nonce, buffer, aad.length, aad.length, sealed.length));
        byte[] opened = Arrays.copyOf(buffer, aad.length + plaintext.length);
        assertArrayEquals(Concat.of(aad, plaintext), opened);
    }

    @ParameterizedTest
    @CsvSource({"14, 128", "16, 256", "18, 256", "19, 192", "20, 128", "20, 256", "28, 0"})
    void aReplaySealsTheSameMessageTwiceInARow(int id, int keyBits) {
        var aead = (CipherEngine.Aead) engine(id, keyBits);
        byte[] key = new byte[keyBits == 0 ? 32 : keyBits / 8];
        byte[] nonce = new byte[id < 18 ? 11 : 12];
        byte[] first = new byte[64];
        byte[] second = new byte[64];
        aead.seal(key, nonce, first, 8, 8, 40);
        aead.seal(key, nonce, second, 8, 8, 40);
        assertArrayEquals(first, second);
        assertTrue(aead.open(key, nonce, first, 8, 8, 40 + icvBytes(id, keyBits)));
        assertTrue(aead.open(key, nonce, second, 8, 8, 40 + icvBytes(id, keyBits)));
    }

    @Test
    void aSuiteOfTheWrongPartsIsRefused() {
        Transform gcm = new Transform(TransformType.ENCR, 20, 256);
        Transform cbc = new Transform(TransformType.ENCR, 12, 256);
        Transform sha256 = Transform.of(TransformType.INTEG, 12);
        Transform nothing = Transform.of(TransformType.ENCR, 11);
        assertThrows(IllegalArgumentException.class, () -> new IkeSuite(gcm, sha256, 5, 31));
        assertThrows(IllegalArgumentException.class, () -> new IkeSuite(cbc, null, 5, 31));
        assertThrows(IllegalArgumentException.class, () -> new IkeSuite(nothing, sha256, 5, 31));
        assertThrows(IllegalArgumentException.class, () -> new IkeSuite(cbc, sha256, 1, 31));
    }

    @Test
    void secretsDoNotPrint() {
        byte[] key = Hex.bytes("deadbeef");
        Secret secret = Secret.copyOf(key);
        assertFalse(secret.toString().contains("dead"));
        secret.close();
        assertArrayEquals(new byte[4], secret.array());
        assertArrayEquals(Hex.bytes("deadbeef"), key);
    }

    private static CipherEngine engine(int id, int keyBits) {
        return Ciphers.of(new Transform(TransformType.ENCR, id, keyBits)).get();
    }

    private static int icvBytes(int id, int keyBits) {
        return Algorithms.icvBytes(new Transform(TransformType.ENCR, id, keyBits));
    }
}
