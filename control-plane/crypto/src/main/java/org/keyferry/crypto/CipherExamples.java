package org.keyferry.crypto;

import java.util.Arrays;

/// Published examples that a cipher must get right before it is used.
final class CipherExamples {
    private static final String[] SP800_38A_KEYS = {
        "2b7e151628aed2a6abf7158809cf4f3c",
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
    };
    private static final String SP800_38A_PLAINTEXT = "6bc1bee22e409f96e93d7e117393172a";

    /// By key length: NIST SP 800-38A §F.2, first block.
    private static final String[] CBC = {
        "7649abac8119b246cee98e9b12e9197d",
        "4f021db243bc633d7178183a9fa071e8",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd6"
    };

    /// By key length: NIST SP 800-38A §F.5, first block.
    private static final String[] CTR = {
        "874d6191b620e3261bef6864990db6ce",
        "1abc932417521ca24f2b0459fe7e6e0b",
        "601ec313775789a5b7a7f504bbf3d228"
    };

    /// RFC 3713 Appendix A: of this the first 16, 24 or 32 bytes are the key, the first 16 the
    /// block.
    private static final String CAMELLIA_KEY =
            "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff";

    private static final String CAMELLIA_BLOCK = CAMELLIA_KEY.substring(0, 32);
    private static final String ZEROS = "00000000000000000000000000000000";

    /// By key length: RFC 3713 Appendix A.
    private static final String[] CAMELLIA = {
        "67673138549669730857065648eabe43",
        "b4993401b3e996f84ee5cee7d79b09b9",
        "9acc237dff16d76c20ef7c919e3a7509"
    };

    /// The first 16, 24 or 32 bytes are the key.
    private static final String BLOWFISH_KEY =
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    /// By key length: what OpenSSL makes of it. Published examples have other key lengths.
    private static final String[] BLOWFISH = {
        "39dc82a9ba2b40ca3cf0622752b69906",
        "f805d83995b3d823549a808fc9963bc9",
        "1a555016e087e2a44df10037480ca8db"
    };

    private static final String GCM_KEY =
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    private static final String GCM_NONCE = "cafebabefacedbaddecaf888";
    private static final String GCM_AAD = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    private static final String GCM_PLAINTEXT =
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";

    /// By key length: test cases 4, 10 and 16 of the GCM specification (McGrew, Viega), with tag.
    private static final String[] GCM = {
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
                + "5bc94fbc3221a5db94fae95ae7121a47",
        "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
                + "7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710"
                + "2519498e80f1478f37ba55bd6d27618c",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
    };

    private CipherExamples() {}

    static boolean passes(EncrAlgorithm algorithm, int keyBytes, CipherEngine engine) {
        return switch (engine) {
            case CipherEngine.Aead aead -> passesAead(algorithm, keyBytes, aead);
            case CipherEngine.Unauthenticated cipher -> passesPlain(algorithm, keyBytes, cipher);
        };
    }

    private static boolean passesPlain(
            EncrAlgorithm algorithm, int keyBytes, CipherEngine.Unauthenticated cipher) {
        int row = keyBytes / 8 - 2;
        return switch (algorithm.mode()) {
            case AES_CBC ->
                    answers(
                            cipher,
                            SP800_38A_KEYS[row],
                            "000102030405060708090a0b0c0d0e0f",
                            SP800_38A_PLAINTEXT,
                            CBC[row]);
            case AES_CTR ->
                    answers(
                            cipher,
                            SP800_38A_KEYS[row],
                            "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
                            SP800_38A_PLAINTEXT,
                            CTR[row]);
            case TRIPLE_DES_CBC -> // NIST SP 800-67 §B.1, first block; a zero IV makes ECB of CBC
                    answers(
                            cipher,
                            "0123456789abcdef23456789abcdef01456789abcdef0123",
                            "0000000000000000",
                            "5468652071756663",
                            "a826fd8ce53b855f");
            case BLOWFISH_CBC ->
                    answers(
                            cipher,
                            BLOWFISH_KEY.substring(0, 2 * keyBytes),
                            "1011121314151617",
                            "404142434445464748494a4b4c4d4e4f",
                            BLOWFISH[row]);
            case CAMELLIA_CBC -> // a zero IV makes ECB of CBC
                    answers(
                            cipher,
                            CAMELLIA_KEY.substring(0, 2 * keyBytes),
                            ZEROS,
                            CAMELLIA_BLOCK,
                            CAMELLIA[row]);
            case CAMELLIA_CTR -> // and zeros show the key stream
                    answers(
                            cipher,
                            CAMELLIA_KEY.substring(0, 2 * keyBytes),
                            CAMELLIA_BLOCK,
                            ZEROS,
                            CAMELLIA[row]);
            default -> throw new IllegalArgumentException("cipher " + algorithm.id());
        };
    }

    private static boolean passesAead(
            EncrAlgorithm algorithm, int keyBytes, CipherEngine.Aead aead) {
        int icvBytes = algorithm.icvBytes();
        return switch (algorithm.mode()) {
            case AES_GCM ->
                    answers(
                            aead,
                            GCM_KEY.substring(0, 2 * keyBytes),
                            GCM_NONCE,
                            GCM_AAD,
                            GCM_PLAINTEXT,
                            cutTag(GCM[keyBytes / 8 - 2], icvBytes));
            case CHACHA20_POLY1305 -> // RFC 7634 Appendix B
                    answers(
                            aead,
                            "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
                            "a0a1a2a31011121314151617",
                            "c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029",
                            "0000000c000040010000000a00",
                            "610394701f8d017f7c129248896b71bfe25236efd7cdc67066906315b2");
            case AES_CCM -> passesCcm(icvBytes, keyBytes, aead);
            default -> throw new IllegalArgumentException("cipher " + algorithm.id());
        };
    }

    /// The published example has a 128-bit key and an 8-byte tag (RFC 3610 §8, packet vector 1);
    /// for the rest, what was sealed must open and a changed tag must not.
    private static boolean passesCcm(int icvBytes, int keyBytes, CipherEngine.Aead aead) {
        if (keyBytes == 16 && icvBytes == 8) {
            return answers(
                    aead,
                    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
                    "00000003020100a0a1a2a3a4a5",
                    "0001020304050607",
                    "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
                    "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0");
        }
        byte[] key = Hex.bytes(GCM_KEY.substring(0, 2 * keyBytes));
        byte[] nonce = new byte[11];
        byte[] buffer = new byte[40 + icvBytes];
        aead.seal(key, nonce, buffer, 8, 8, 32);
        boolean opens = aead.open(key, nonce, buffer.clone(), 8, 8, 32 + icvBytes);
        buffer[buffer.length - 1] ^= 1;
        return opens && !aead.open(key, nonce, buffer, 8, 8, 32 + icvBytes);
    }

    private static String cutTag(String hexWithFullTag, int icvBytes) {
        return hexWithFullTag.substring(0, hexWithFullTag.length() - 2 * (16 - icvBytes));
    }

    private static boolean answers(
            CipherEngine.Unauthenticated cipher,
            String keyHex,
            String ivHex,
            String plaintextHex,
            String ciphertextHex) {
        byte[] buffer = Hex.bytes(plaintextHex);
        cipher.encrypt(Hex.bytes(keyHex), Hex.bytes(ivHex), buffer, 0, buffer.length);
        boolean encrypts = Hex.equal(ciphertextHex, buffer);
        cipher.decrypt(Hex.bytes(keyHex), Hex.bytes(ivHex), buffer, 0, buffer.length);
        return encrypts && Hex.equal(plaintextHex, buffer);
    }

    private static boolean answers(
            CipherEngine.Aead aead,
            String keyHex,
            String nonceHex,
            String aadHex,
            String plaintextHex,
            String sealedHex) {
        byte[] key = Hex.bytes(keyHex);
        byte[] nonce = Hex.bytes(nonceHex);
        int aadBytes = aadHex.length() / 2;
        int plaintextBytes = plaintextHex.length() / 2;
        int sealedBytes = sealedHex.length() / 2;
        byte[] buffer = Arrays.copyOf(Hex.bytes(aadHex + plaintextHex), aadBytes + sealedBytes);
        aead.seal(key, nonce, buffer, aadBytes, aadBytes, plaintextBytes);
        if (!Hex.equal(aadHex + sealedHex, buffer)) {
            return false;
        }
        byte[] forged = buffer.clone();
        forged[forged.length - 1] ^= 1;
        return aead.open(key, nonce, buffer, aadBytes, aadBytes, sealedBytes)
                && Hex.equal(
                        aadHex + plaintextHex, Arrays.copyOf(buffer, aadBytes + plaintextBytes))
                && !aead.open(key, nonce, forged, aadBytes, aadBytes, sealedBytes);
    }
}
