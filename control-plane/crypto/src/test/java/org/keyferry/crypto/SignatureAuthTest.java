package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.wire.Bytes;

class SignatureAuthTest {
    private static final Bytes OCTETS = Bytes.utf8("what AUTH protects");
    private static final Map<KeyKind, KeyPair> PAIRS = pairs();
    private static final Map<KeyKind, KeyPair> OTHERS = pairs();

    /// RFC 7427 appendix A; RFC 8420 appendix A for EdDSA.
    @ParameterizedTest
    @CsvSource({
        "RSA_PKCS1_SHA1, 300d06092a864886f70d0101050500",
        "RSA_PKCS1_SHA256, 300d06092a864886f70d01010b0500",
        "RSA_PKCS1_SHA384, 300d06092a864886f70d01010c0500",
        "RSA_PKCS1_SHA512, 300d06092a864886f70d01010d0500",
        "ECDSA_SHA1, 300906072a8648ce3d0401",
        "ECDSA_SHA256, 300a06082a8648ce3d040302",
        "ECDSA_SHA384, 300a06082a8648ce3d040303",
        "ECDSA_SHA512, 300a06082a8648ce3d040304",
        "RSA_PSS_SHA256, 304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a"
                + "06092a864886f70d010108300d06096086480165030402010500a203020120",
        "ED25519, 300506032b6570",
    })
    void algorithmIdentifiersAreThoseOfTheRfc(SignatureScheme scheme, String hex) {
        assertEquals(hex, HexFormat.of().formatHex(scheme.algorithmIdentifier().toArray()));
        assertEquals(
                Optional.of(scheme),
                SignatureScheme.parse(scheme.algorithmIdentifier())
                        .map(SignatureScheme.Parsed::scheme));
    }

    /// RFC 7427 A.4.1: no parameters mean SHA-1, which nobody should use with PSS.
    @Test
    void pssWithoutParametersIsNoScheme() {
        var empty = Bytes.of(HexFormat.of().parseHex("300d06092a864886f70d01010a3000"));
        assertEquals(Optional.empty(), SignatureScheme.parse(empty));
    }

    @ParameterizedTest
    @EnumSource(SignatureScheme.class)
    void aSignatureHoldsForItsOctetsAndKeyOnly(SignatureScheme scheme) throws Exception {
        KeyPair pair = PAIRS.get(scheme.keyKind());
        var choice = new SignatureAuth.Choice(SignatureAuth.DIGITAL_SIGNATURE, scheme);
        Bytes auth = SignatureAuth.sign(choice, pair.getPrivate(), OCTETS);
        assertEquals(Optional.of(scheme), verified(auth, pair, OCTETS));
        assertEquals(Optional.empty(), verified(auth, pair, Bytes.utf8("something else")));
        assertEquals(Optional.empty(), verified(auth, OTHERS.get(scheme.keyKind()), OCTETS));
        byte[] spoiled = auth.toArray();
        spoiled[spoiled.length - 1] ^= 1;
        assertEquals(Optional.empty(), verified(Bytes.of(spoiled), pair, OCTETS));
        for (int length = 0; length < auth.length(); length++) {
            assertEquals(Optional.empty(), verified(auth.slice(0, length), pair, OCTETS));
        }
    }

    /// The JDK's own providers read what ours wrote.
    @ParameterizedTest
    @EnumSource(SignatureScheme.class)
    void anotherLibraryAgrees(SignatureScheme scheme) throws Exception {
        KeyPair pair = PAIRS.get(scheme.keyKind());
        Signature jdk = Signature.getInstance(scheme.jcaName());
        jdk.initVerify(pair.getPublic());
        if (scheme.isPss()) {
            jdk.setParameter(scheme.pss().orElseThrow());
        }
        jdk.update(OCTETS.toArray());
        assertTrue(jdk.verify(Signatures.sign(scheme, pair.getPrivate(), OCTETS).toArray()));
    }

    @Test
    void classicMethodsOfEllipticCurvesHaveNoDer() throws Exception {
        KeyPair pair = PAIRS.get(KeyKind.ECDSA);
        var choice = SignatureAuth.choose(KeyKind.ECDSA, 256, List.of(), List.of(), false);
        assertEquals(SignatureAuth.ECDSA_256, choice.orElseThrow().method());
        Bytes auth = SignatureAuth.sign(choice.get(), pair.getPrivate(), OCTETS);
        assertEquals(64, auth.length()); // RFC 4754 §7
        assertEquals(
                Optional.of(SignatureScheme.ECDSA_SHA256),
                SignatureAuth.verify(SignatureAuth.ECDSA_256, auth, pair.getPublic(), OCTETS));
        assertEquals(
                Optional.empty(),
                SignatureAuth.verify(SignatureAuth.ECDSA_384, auth, pair.getPublic(), OCTETS));
    }

    @Test
    void classicRsaMayHaveAnyHash() throws Exception {
        KeyPair pair = PAIRS.get(KeyKind.RSA);
        Bytes auth = Signatures.sign(SignatureScheme.RSA_PKCS1_SHA256, pair.getPrivate(), OCTETS);
        assertEquals(
                Optional.of(SignatureScheme.RSA_PKCS1_SHA256),
                SignatureAuth.verify(SignatureAuth.RSA, auth, pair.getPublic(), OCTETS));
    }

    @Test
    void theChoiceFollowsKeyPeerAndConfiguration() {
        var all = List.of(SignatureHash.SHA2_256, SignatureHash.SHA2_384, SignatureHash.SHA2_512);
        assertEquals(SignatureScheme.RSA_PKCS1_SHA256, chosen(KeyKind.RSA, 3072, all, false));
        assertEquals(SignatureScheme.RSA_PKCS1_SHA384, chosen(KeyKind.RSA, 4096, all, false));
        assertEquals(SignatureScheme.RSA_PSS_SHA256, chosen(KeyKind.RSA, 2048, all, true));
        assertEquals(
                SignatureScheme.RSA_PKCS1_SHA384,
                chosen(KeyKind.RSA, 2048, List.of(SignatureHash.SHA2_384), false));
        assertEquals(SignatureScheme.ECDSA_SHA512, chosen(KeyKind.ECDSA, 521, all, false));
        assertTrue(SignatureAuth.choose(KeyKind.ED25519, 256, all, List.of(), false).isEmpty());
        assertTrue(
                SignatureAuth.choose(
                                KeyKind.RSA,
                                2048,
                                all,
                                List.of(SignatureScheme.ECDSA_SHA256),
                                false)
                        .isEmpty());
        assertFalse(SignatureAuth.isSignature(2));
    }

    @Test
    void announcedHashesAreRead() {
        assertEquals(
                List.of(SignatureHash.SHA2_256, SignatureHash.IDENTITY),
                SignatureHash.decode(Bytes.of(HexFormat.of().parseHex("0002000500090002ff"))));
        assertEquals(
                "00020003",
                HexFormat.of()
                        .formatHex(
                                SignatureHash.encode(
                                                List.of(
                                                        SignatureHash.SHA2_256,
                                                        SignatureHash.SHA2_384))
                                        .toArray()));
    }

    private static SignatureScheme chosen(
            KeyKind kind, int bits, List<SignatureHash> hashes, boolean pss) {
        return SignatureAuth.choose(kind, bits, hashes, List.of(), pss).orElseThrow().scheme();
    }

    private static Optional<SignatureScheme> verified(Bytes auth, KeyPair pair, Bytes octets) {
        return SignatureAuth.verify(
                SignatureAuth.DIGITAL_SIGNATURE, auth, pair.getPublic(), octets);
    }

    private static Map<KeyKind, KeyPair> pairs() {
        var pairs = new EnumMap<KeyKind, KeyPair>(KeyKind.class);
        for (KeyKind kind : KeyKind.values()) {
            try {
                pairs.put(kind, pair(kind));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return pairs;
    }

    private static KeyPair pair(KeyKind kind) throws GeneralSecurityException {
        var generator =
                KeyPairGenerator.getInstance(
                        switch (kind) {
                            case RSA -> "RSA";
                            case ECDSA -> "EC";
                            case ED25519 -> "Ed25519";
                            case ED448 -> "Ed448";
                        });
        if (kind == KeyKind.ECDSA) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        return generator.generateKeyPair();
    }
}
