package org.keyferry.settings;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.settings.model.SignatureRules.Hash;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;
import org.keyferry.wire.EapType;

/// The `auth` string: tokens joined by `-`, such as `psk`, `pubkey-sha256-sha384` or
/// `rsa-3072-sha256-ike:rsa/pss-sha512`. A kind of key may be followed by its least length in bits,
/// then by hashes.
final class AuthText {
    private static final int MAX_CHARACTERS = 63;
    private static final String IKE = "ike:";

    private static final Map<String, KeyType> KEY_TYPES =
            Map.ofEntries(
                    Map.entry("pubkey", KeyType.PUBKEY),
                    Map.entry("rsa", KeyType.RSA),
                    Map.entry("rsa/pss", KeyType.RSA_PSS),
                    Map.entry("ecdsa", KeyType.ECDSA),
                    Map.entry("ed25519", KeyType.ED25519),
                    Map.entry("ed448", KeyType.ED448));

    private static final Map<String, Hash> HASHES =
            Map.ofEntries(
                    Map.entry("md5", Hash.MD5),
                    Map.entry("sha1", Hash.SHA1),
                    Map.entry("sha224", Hash.SHA224),
                    Map.entry("sha256", Hash.SHA256),
                    Map.entry("sha384", Hash.SHA384),
                    Map.entry("sha512", Hash.SHA512),
                    Map.entry("identity", Hash.IDENTITY));

    private AuthText() {}

    record Parsed(AuthMethod method, SignatureRules signatures, Method eap) {
        static final Parsed DEFAULT = new Parsed(AuthMethod.PUBKEY, SignatureRules.NONE);

        Parsed(AuthMethod method, SignatureRules signatures) {
            this(method, signatures, Method.ANY);
        }
    }

    /// @param warnings gets each token that means nothing
    /// @throws IllegalArgumentException if it is no method
    static Parsed parse(String text, Consumer<String> warnings) {
        if (text.length() > MAX_CHARACTERS)
            throw new IllegalArgumentException("more than " + MAX_CHARACTERS + " characters");
        if (text.equals("psk")) return new Parsed(AuthMethod.PSK, SignatureRules.NONE);
        String first = text.split("-", 2)[0];
        if (text.startsWith("eap")) return eap(text, warnings);
        if (first.equals("xauth"))
            throw new Unsupported("'" + text + "': XAuth belongs to IKEv1, which is not supported");
        boolean publicKey =
                Set.of("pubkey", "rsa", "rsa/pss", "ecdsa").contains(first)
                        || first.startsWith(IKE);
        if (!publicKey)
            throw new IllegalArgumentException("'" + text + "' is no authentication method");
        return new Parsed(AuthMethod.PUBKEY, rules(text, warnings));
    }

    private static final Map<String, EapType> EAP_METHODS =
            Map.ofEntries(
                    Map.entry("md5", EapType.MD5),
                    Map.entry("gtc", EapType.GTC),
                    Map.entry("mschapv2", EapType.MSCHAPV2),
                    Map.entry("tls", EapType.TLS),
                    Map.entry("ttls", EapType.TTLS),
                    Map.entry("peap", EapType.PEAP),
                    Map.entry("sim", EapType.SIM),
                    Map.entry("aka", EapType.AKA),
                    Map.entry("aka-prime", EapType.AKA_PRIME));

    private static final Map<String, String> EAP_LACKING =
            Map.ofEntries(
                    Map.entry("tnc", "EAP-TNC is not supported"),
                    Map.entry("pt", "PT-EAP is not supported"),
                    Map.entry("otp", "one-time passwords are not supported; GTC asks for any"));

    /// `eap`, or `eap-` and a method; what follows a colon limits the certificates of a method with
    /// TLS, as for public keys.
    private static Parsed eap(String text, Consumer<String> warnings) {
        int colon = text.indexOf(':');
        String method = colon < 0 ? text : text.substring(0, colon);
        SignatureRules rules =
                colon < 0 ? SignatureRules.NONE : rules(text.substring(colon + 1), warnings);
        if (!method.equals("eap") && !method.startsWith("eap-"))
            throw new IllegalArgumentException("'" + text + "' is no authentication method");
        return new Parsed(AuthMethod.EAP, rules, eapMethod(method));
    }

    private static Method eapMethod(String text) {
        if (text.equals("eap")) return Method.ANY;
        String name = text.substring("eap-".length());
        if (name.equals("radius")) return new Method.Radius();
        if (name.equals("dynamic")) return new Method.Dynamic();
        if (EAP_LACKING.containsKey(name)) throw new Unsupported(EAP_LACKING.get(name));
        EapType type = EAP_METHODS.get(name);
        if (type == null && name.matches("[0-9]{1,3}")) type = EapType.ietf(Integer.parseInt(name));
        if (type == null)
            throw new IllegalArgumentException("'" + text + "' is no authentication method");
        if (!EAP_METHODS.containsValue(type))
            throw new Unsupported("EAP method '" + name + "' is not supported");
        return new Method.Typed(type);
    }

    private static SignatureRules rules(String text, Consumer<String> warnings) {
        var drafts = new ArrayList<Draft>();
        boolean lengthMayFollow = false;
        for (String token : text.split("-", -1)) {
            boolean ike = token.startsWith(IKE);
            KeyType type = KEY_TYPES.get(ike ? token.substring(IKE.length()) : token);
            Hash hash = HASHES.get(token);
            boolean length = lengthMayFollow && token.matches("[0-9]{1,5}");
            lengthMayFollow = false;
            if (type != null) {
                drafts.add(new Draft(ike, type));
                lengthMayFollow = type != KeyType.PUBKEY;
            } else if (length) {
                drafts.getLast().minBits = Integer.parseInt(token);
            } else if (hash != null && !drafts.isEmpty()) {
                drafts.getLast().hashes.add(hash);
            } else {
                warnings.accept("'%s' of '%s' means nothing".formatted(token, text));
            }
        }
        return new SignatureRules(of(drafts, false), of(drafts, true));
    }

    /// `pubkey` alone demands nothing.
    private static List<Rule> of(List<Draft> drafts, boolean ike) {
        return drafts.stream()
                .filter(draft -> draft.ike == ike)
                .filter(draft -> draft.type != KeyType.PUBKEY || !draft.hashes.isEmpty())
                .map(draft -> new Rule(draft.type, draft.minBits, draft.hashes))
                .toList();
    }

    private static final class Draft {
        private final boolean ike;
        private final KeyType type;
        private final Set<Hash> hashes = EnumSet.noneOf(Hash.class);
        private int minBits;

        Draft(boolean ike, KeyType type) {
            this.ike = ike;
            this.type = type;
        }
    }
}
