package org.keyferry.settings;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.settings.model.SignatureRules.Hash;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;

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

    record Parsed(AuthMethod method, SignatureRules signatures) {
        static final Parsed DEFAULT = new Parsed(AuthMethod.PUBKEY, SignatureRules.NONE);
    }

    /// @param warnings gets each token that means nothing
    /// @throws IllegalArgumentException if it is no method
    static Parsed parse(String text, Consumer<String> warnings) {
        if (text.length() > MAX_CHARACTERS)
            throw new IllegalArgumentException("more than " + MAX_CHARACTERS + " characters");
        if (text.equals("psk")) return new Parsed(AuthMethod.PSK, SignatureRules.NONE);
        String first = text.split("-", 2)[0];
        if (first.equals("eap") || first.startsWith("eap:"))
            throw new Unsupported("'" + text + "': EAP is not supported yet");
        if (first.equals("xauth"))
            throw new Unsupported("'" + text + "': XAuth belongs to IKEv1, which is not supported");
        boolean publicKey =
                Set.of("pubkey", "rsa", "rsa/pss", "ecdsa").contains(first)
                        || first.startsWith(IKE);
        if (!publicKey)
            throw new IllegalArgumentException("'" + text + "' is no authentication method");
        return new Parsed(AuthMethod.PUBKEY, rules(text, warnings));
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
