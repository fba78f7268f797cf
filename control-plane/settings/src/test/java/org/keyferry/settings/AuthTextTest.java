package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.settings.model.SignatureRules.Hash;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;
import org.keyferry.wire.EapType;

class AuthTextTest {
    private final List<String> warnings = new ArrayList<>();

    private SignatureRules rules(String text) {
        AuthText.Parsed parsed = AuthText.parse(text, warnings::add);
        assertEquals(AuthMethod.PUBKEY, parsed.method());
        return parsed.signatures();
    }

    @Test
    void pubkeyAloneDemandsNothing() {
        assertEquals(SignatureRules.NONE, rules("pubkey"));
    }

    @Test
    void aLengthAndHashesBelongToTheKindBeforeThem() {
        assertEquals(
                List.of(
                        new Rule(KeyType.RSA, 3072, Set.of(Hash.SHA256, Hash.SHA384)),
                        new Rule(KeyType.ECDSA, 256, Set.of(Hash.SHA512))),
                rules("rsa-3072-sha256-sha384-ecdsa-256-sha512").chain());
    }

    @Test
    void ikeRulesStandApartFromThoseOfThePath() {
        SignatureRules rules = rules("rsa-sha256-ike:rsa/pss-sha512");
        assertEquals(List.of(new Rule(KeyType.RSA, 0, Set.of(Hash.SHA256))), rules.chain());
        assertEquals(List.of(new Rule(KeyType.RSA_PSS, 0, Set.of(Hash.SHA512))), rules.ofAuth());
    }

    @Test
    void rulesOfThePathHoldForAuthWhereItHasNone() {
        assertEquals(
                List.of(new Rule(KeyType.PUBKEY, 0, Set.of(Hash.SHA384))),
                rules("pubkey-sha384").ofAuth());
        assertEquals(
                List.of(new Rule(KeyType.ED25519, 0, Set.of(Hash.IDENTITY))),
                rules("pubkey-ed25519-identity").chain());
    }

    @Test
    void whatMeansNothingIsMentioned() {
        assertEquals(SignatureRules.NONE, rules("pubkey-2048-tiger"));
        assertEquals(
                List.of(
                        "'2048' of 'pubkey-2048-tiger' means nothing",
                        "'tiger' of 'pubkey-2048-tiger' means nothing"),
                warnings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PSK", "psk2", "ed25519", "sha256", "eap-foo", "eapx", "xauth"})
    void noMethod(String text) {
        assertThrows(IllegalArgumentException.class, () -> AuthText.parse(text, warnings::add));
    }

    @Test
    void atMost63Characters() {
        String longest = "pubkey-" + "x".repeat(56);
        assertEquals(SignatureRules.NONE, rules(longest));
        assertThrows(
                IllegalArgumentException.class, () -> AuthText.parse(longest + "x", warnings::add));
    }

    @Test
    void methodsOfEap() {
        assertEquals(EapTerms.Method.ANY, AuthText.parse("eap", warnings::add).eap());
        assertEquals(
                new EapTerms.Method.Typed(EapType.MD5),
                AuthText.parse("eap-md5", warnings::add).eap());
        assertEquals(
                new EapTerms.Method.Typed(EapType.MSCHAPV2),
                AuthText.parse("eap-26", warnings::add).eap());
        for (String name : new String[] {"eap-aka-prime", "eap-50"}) {
            assertEquals(
                    new EapTerms.Method.Typed(EapType.AKA_PRIME),
                    AuthText.parse(name, warnings::add).eap());
        }
        assertEquals(
                new EapTerms.Method.Typed(EapType.AKA),
                AuthText.parse("eap-aka", warnings::add).eap());
        assertEquals(
                new EapTerms.Method.Typed(EapType.SIM),
                AuthText.parse("eap-sim", warnings::add).eap());
        assertEquals(
                new EapTerms.Method.Dynamic(), AuthText.parse("eap-dynamic", warnings::add).eap());
        assertEquals(
                new EapTerms.Method.Radius(), AuthText.parse("eap-radius", warnings::add).eap());
        var tls = AuthText.parse("eap-tls:rsa-3072-sha256", warnings::add);
        assertEquals(new EapTerms.Method.Typed(EapType.TLS), tls.eap());
        assertEquals(
                AuthText.parse("rsa-3072-sha256", warnings::add).signatures(), tls.signatures());
    }
}
