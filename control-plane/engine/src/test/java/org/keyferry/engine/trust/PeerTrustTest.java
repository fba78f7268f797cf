package org.keyferry.engine.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.settings.model.SignatureRules.Hash;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// A peer with a bare RSA key that is configured.
class PeerTrustTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Bytes OCTETS = Bytes.utf8("what is signed");
    private static final Identification MOON = Identification.parse("moon.test");
    private static final List<SignatureHash> ANNOUNCED =
            List.of(SignatureHash.SHA2_256, SignatureHash.SHA2_512);

    private KeyPair keys;

    @BeforeEach
    void makeKeys() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
    }

    private PublicKeyTerms terms(SignatureRules rules, Revocation revocation) {
        return new PublicKeyTerms(
                rules,
                List.of(),
                List.of(Bytes.of(keys.getPublic().getEncoded())),
                List.of(),
                Optional.empty(),
                List.of(),
                revocation);
    }

    private static AuthRound round(PublicKeyTerms terms) {
        return new AuthRound(AuthMethod.PUBKEY, MOON, terms);
    }

    private Judgement judge(int method, SignatureScheme scheme, Bytes octets, AuthRound... rounds)
            throws Exception {
        Bytes auth =
                SignatureAuth.sign(
                        new SignatureAuth.Choice(method, scheme), keys.getPrivate(), octets);
        var evidence =
                new Evidence(
                        MOON, method, auth, OCTETS, List.of(), List.of(), List.of(), ANNOUNCED);
        return PeerTrust.judge(evidence, List.of(rounds), credentials(), NOW);
    }

    private static Credentials credentials() {
        return new Credentials(List.of(), List.of(), Map.of(), Revocations.NONE);
    }

    private Judgement judge(SignatureScheme scheme, AuthRound... rounds) throws Exception {
        return judge(SignatureAuth.DIGITAL_SIGNATURE, scheme, OCTETS, rounds);
    }

    private static void assertRefused(Judgement judgement, String reason) {
        String told = assertInstanceOf(Judgement.Refused.class, judgement).reasons().getFirst();
        assertTrue(told.contains(reason), told);
    }

    @Test
    void aConfiguredKeyIsTrusted() throws Exception {
        var round = round(terms(SignatureRules.NONE, Revocation.RELAXED));
        var accepted =
                assertInstanceOf(
                        Judgement.Accepted.class, judge(SignatureScheme.RSA_PSS_SHA512, round));
        assertEquals(SignatureScheme.RSA_PSS_SHA512, accepted.scheme());
        assertEquals(Optional.empty(), accepted.path());
    }

    @Test
    void aHashThatWasNotAnnounced() throws Exception {
        var round = round(terms(SignatureRules.NONE, Revocation.RELAXED));
        assertRefused(
                judge(SignatureScheme.RSA_PKCS1_SHA384, round),
                "signed with RSA_EMSA_PKCS1_SHA2_384, a hash that was not announced");
        assertRefused(judge(SignatureScheme.RSA_PKCS1_SHA1, round), "was not announced");
    }

    @Test
    void otherOctetsThanTheExchanges() throws Exception {
        var round = round(terms(SignatureRules.NONE, Revocation.RELAXED));
        assertRefused(
                judge(
                        SignatureAuth.DIGITAL_SIGNATURE,
                        SignatureScheme.RSA_PKCS1_SHA256,
                        Bytes.utf8("what was signed"),
                        round),
                "no trusted RSA public key found for 'moon.test': the signature was not made with"
                        + " that key");
    }

    @Test
    void aSignatureThatTheRulesDoNotAdmit() throws Exception {
        var sha512 =
                new SignatureRules(
                        List.of(new Rule(KeyType.PUBKEY, 0, Set.of(Hash.SHA512))), List.of());
        assertRefused(
                judge(SignatureScheme.RSA_PKCS1_SHA256, round(terms(sha512, Revocation.RELAXED))),
                "signature RSA_EMSA_PKCS1_SHA2_256 with a 2048 bit key is not acceptable");
        assertRefused(
                judge(
                        SignatureAuth.RSA,
                        SignatureScheme.RSA_PKCS1_SHA1,
                        OCTETS,
                        round(terms(sha512, Revocation.RELAXED))),
                "is not acceptable");
    }

    @Test
    void theFirstRoundThatIsCompliedWith() throws Exception {
        var ecdsa = new SignatureRules(List.of(), List.of(new Rule(KeyType.ECDSA, 0, Set.of())));
        var judgement =
                judge(
                        SignatureScheme.RSA_PKCS1_SHA256,
                        new AuthRound(AuthMethod.PSK, MOON),
                        round(terms(ecdsa, Revocation.RELAXED)),
                        round(terms(SignatureRules.NONE, Revocation.RELAXED)));
        var accepted = assertInstanceOf(Judgement.Accepted.class, judgement);
        assertEquals(2, accepted.candidate());
        assertEquals(2, accepted.passedOver().size());
    }

    @Test
    void aBareKeyMeetsNoDemandOnCertificates() throws Exception {
        assertRefused(
                judge(
                        SignatureScheme.RSA_PKCS1_SHA256,
                        round(terms(SignatureRules.NONE, Revocation.STRICT))),
                "a bare key has no trusted path");
    }

    @Test
    void junkInPlaceOfCertificatesIsPassedOver() {
        var junk = Collections.nCopies(100, Bytes.utf8("no certificate"));
        var evidence =
                new Evidence(
                        MOON, 14, Bytes.utf8("?"), OCTETS, junk, List.of(), List.of(), ANNOUNCED);
        var judgement =
                PeerTrust.judge(
                        evidence,
                        List.of(round(terms(SignatureRules.NONE, Revocation.RELAXED))),
                        credentials(),
                        NOW);
        assertRefused(judgement, "no trusted public key found for 'moon.test'");
        assertEquals("of 100 certificates only 16 are looked at", judgement.notes().getLast());
    }
}
