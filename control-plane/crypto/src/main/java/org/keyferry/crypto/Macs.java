package org.keyferry.crypto;

import static org.keyferry.crypto.CryptoProvider.ACCP;
import static org.keyferry.crypto.CryptoProvider.BOUNCY_CASTLE;
import static org.keyferry.crypto.CryptoProvider.CONSCRYPT;
import static org.keyferry.crypto.CryptoProvider.JDK;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// MAC algorithms and who serves them, fastest first.
final class Macs {
    static final Chosen<MacEngine> HMAC_SHA1 =
            hmac("HmacSHA1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", JDK, BOUNCY_CASTLE);
    static final Chosen<MacEngine> HMAC_SHA2_256 =
            hmac(
                    "HmacSHA256",
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                    JDK,
                    BOUNCY_CASTLE);
    static final Chosen<MacEngine> HMAC_SHA2_384 =
            hmac(
                    "HmacSHA384",
                    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                            + "8e2240ca5e69e2c78b3239ecfab21649",
                    ACCP,
                    JDK,
                    BOUNCY_CASTLE);
    static final Chosen<MacEngine> HMAC_SHA2_512 =
            hmac(
                    "HmacSHA512",
                    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                            + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
                    ACCP,
                    JDK,
                    BOUNCY_CASTLE);
    static final Chosen<MacEngine> AES_CMAC =
            new Chosen<>("AES-CMAC", Macs::passesRfc4493, jca("AESCMAC", CONSCRYPT, BOUNCY_CASTLE));
    static final Chosen<MacEngine> AES_XCBC =
            new Chosen<>(
                    "AES-XCBC",
                    Macs::passesRfc3566,
                    List.of(
                            new Chosen.Candidate<>(JDK, AesXcbcMac::new),
                            new Chosen.Candidate<>(BOUNCY_CASTLE, AesXcbcMac::new)));

    private Macs() {}

    /// For tests of each candidate.
    static List<Chosen<MacEngine>> all() {
        return List.of(HMAC_SHA1, HMAC_SHA2_256, HMAC_SHA2_384, HMAC_SHA2_512, AES_CMAC, AES_XCBC);
    }

    /// Test case 2 of RFC 2202 §3 and RFC 4231 §4.3.
    private static Chosen<MacEngine> hmac(
            String algorithm, String answerHex, CryptoProvider... sources) {
        byte[] key = "Jefe".getBytes(StandardCharsets.US_ASCII);
        byte[] data = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);
        return new Chosen<>(
                algorithm, mac -> answers(mac, key, data, answerHex), jca(algorithm, sources));
    }

    private static List<Chosen.Candidate<MacEngine>> jca(
            String algorithm, CryptoProvider... sources) {
        return Stream.of(sources).map(source -> candidate(source, algorithm)).toList();
    }

    private static Chosen.Candidate<MacEngine> candidate(CryptoProvider source, String algorithm) {
        return new Chosen.Candidate<>(source, provider -> new JcaMac(algorithm, provider));
    }

    /// Examples 2 and 3 of RFC 4493 §4.
    private static boolean passesRfc4493(MacEngine mac) {
        byte[] key = Hex.bytes("2b7e151628aed2a6abf7158809cf4f3c");
        return answers(
                        mac,
                        key,
                        Hex.bytes("6bc1bee22e409f96e93d7e117393172a"),
                        "070a16b46b4d4144f79bdd9dd04a287c")
                && answers(
                        mac,
                        key,
                        Hex.bytes(
                                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                                        + "30c81c46a35ce411"),
                        "dfa66747de9ae63030ca32611497c827");
    }

    /// Test cases 2 and 3 of RFC 3566 §4.6.
    private static boolean passesRfc3566(MacEngine mac) {
        byte[] key = Hex.bytes("000102030405060708090a0b0c0d0e0f");
        return answers(mac, key, Hex.bytes("000102"), "5b376580ae2f19afe7219ceef172756f")
                && answers(mac, key, key, "d2a246fa349b68a79998a4394ff7a263");
    }

    private static boolean answers(MacEngine mac, byte[] key, byte[] data, String answerHex) {
        return Hex.equal(answerHex, mac.compute(key, data, 0, data.length))
                && Hex.equal(answerHex, mac.compute(key, data, new byte[0]));
    }
}
