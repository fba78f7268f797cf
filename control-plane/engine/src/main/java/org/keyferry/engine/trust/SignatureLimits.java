package org.keyferry.engine.trust;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.KeyKind;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.TrustPath;
import org.keyferry.settings.model.SignatureRules.Hash;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;

/// What the rules of an `auth` string mean for keys and signatures.
public final class SignatureLimits {
    private SignatureLimits() {}

    /// Schemes that the rules name for signing, in their order; empty if they leave the choice.
    ///
    /// @param kind of the key that signs
    /// @return empty in the outer sense if no rule admits such a key
    public static Optional<List<SignatureScheme>> schemes(
            List<Rule> rules, KeyKind kind, int bits, boolean preferPss) {
        if (rules.isEmpty()) {
            return Optional.of(List.of());
        }
        var schemes = new LinkedHashSet<SignatureScheme>();
        for (Rule rule : rules) {
            if (!covers(rule.type(), kind)) {
                continue;
            }
            boolean pss = preferPss || rule.type() == KeyType.RSA_PSS;
            List<SignatureScheme> usual = SignatureScheme.candidates(kind, bits, pss);
            for (SignatureScheme scheme : rule.hashes().isEmpty() ? usual : ofKind(kind, pss)) {
                if (admits(List.of(rule), scheme, bits)) {
                    schemes.add(scheme);
                }
            }
        }
        return schemes.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(schemes));
    }

    private static List<SignatureScheme> ofKind(KeyKind kind, boolean pssFirst) {
        var plain = new ArrayList<SignatureScheme>();
        var pss = new ArrayList<SignatureScheme>();
        for (SignatureScheme scheme : SignatureScheme.values()) {
            if (scheme.keyKind() == kind) {
                (scheme.isPss() ? pss : plain).add(scheme);
            }
        }
        (pssFirst ? pss : plain).addAll(pssFirst ? plain : pss);
        return pssFirst ? pss : plain;
    }

    /// Hashes of which a peer's AUTH must be made; empty for any.
    public static Set<SignatureHash> hashes(List<Rule> rules) {
        var hashes = new LinkedHashSet<SignatureHash>();
        for (Rule rule : rules) {
            if (rule.hashes().isEmpty()) {
                return Set.of();
            }
            for (SignatureHash hash : SignatureHash.values()) {
                if (rule.hashes().contains(named(hash))) {
                    hashes.add(hash);
                }
            }
        }
        return hashes;
    }

    /// Whether some rule admits this signature; with no rules any is.
    ///
    /// @param bits of the key that signed
    static boolean admits(List<Rule> rules, SignatureScheme scheme, int bits) {
        return rules.isEmpty()
                || rules.stream()
                        .anyMatch(
                                rule ->
                                        covers(rule.type(), scheme.keyKind())
                                                && (rule.type() != KeyType.RSA_PSS
                                                        || scheme.isPss())
                                                && bits >= rule.minBits()
                                                && admits(rule, named(scheme.hash())));
    }

    private static boolean admits(Rule rule, Hash hash) {
        return rule.hashes().isEmpty() || rule.hashes().contains(hash);
    }

    /// What of a path the rules do not admit; empty if they admit all of it. The anchor's own
    /// signature proves nothing and is not looked at.
    static Optional<String> violation(List<Rule> rules, TrustPath path) {
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        List<Certificate> chain = path.chain();
        for (int at = 0; at < chain.size(); at++) {
            Certificate certificate = chain.get(at);
            if (!admitsKey(rules, certificate.publicKey())) {
                return Optional.of(
                        "the %d bit %s key of '%s' is not acceptable"
                                .formatted(
                                        KeyKind.strengthBits(certificate.publicKey()),
                                        KeyKind.of(certificate.publicKey())
                                                .map(KeyKind::name)
                                                .orElse("unknown"),
                                        certificate));
            }
            boolean last = at == chain.size() - 1;
            if (!last
                    && !admitsSignature(rules, chain.get(at + 1).publicKey(), certificate.x509())) {
                return Optional.of(
                        "the signature %s of '%s' is not acceptable"
                                .formatted(certificate.x509().getSigAlgName(), certificate));
            }
        }
        return Optional.empty();
    }

    private static boolean admitsKey(List<Rule> rules, PublicKey key) {
        Optional<KeyKind> kind = KeyKind.of(key);
        return kind.isPresent()
                && rules.stream()
                        .anyMatch(
                                rule ->
                                        covers(rule.type(), kind.get())
                                                && KeyKind.strengthBits(key) >= rule.minBits());
    }

    private static boolean admitsSignature(
            List<Rule> rules, PublicKey signer, X509Certificate signed) {
        Optional<KeyKind> kind = KeyKind.of(signer);
        Optional<Hash> hash = hash(signed);
        return kind.isPresent()
                && rules.stream()
                        .filter(rule -> covers(rule.type(), kind.get()))
                        .anyMatch(
                                rule ->
                                        rule.hashes().isEmpty()
                                                || hash.filter(rule.hashes()::contains)
                                                        .isPresent());
    }

    private static boolean covers(KeyType type, KeyKind kind) {
        return switch (type) {
            case PUBKEY -> true;
            case RSA, RSA_PSS -> kind == KeyKind.RSA;
            case ECDSA -> kind == KeyKind.ECDSA;
            case ED25519 -> kind == KeyKind.ED25519;
            case ED448 -> kind == KeyKind.ED448;
        };
    }

    private static Hash named(SignatureHash hash) {
        return switch (hash) {
            case SHA1 -> Hash.SHA1;
            case SHA2_256 -> Hash.SHA256;
            case SHA2_384 -> Hash.SHA384;
            case SHA2_512 -> Hash.SHA512;
            case IDENTITY -> Hash.IDENTITY;
        };
    }

    /// The hash of a certificate's signature; empty if it has none of those known.
    private static Optional<Hash> hash(X509Certificate signed) {
        String algorithm = signed.getSigAlgName().toUpperCase(Locale.ROOT);
        if (algorithm.startsWith("ED")) {
            return Optional.of(Hash.IDENTITY);
        }
        if (algorithm.equals("RSASSA-PSS")) {
            return pssHash(signed).flatMap(SignatureLimits::find);
        }
        int with = algorithm.indexOf("WITH");
        return with < 0 ? Optional.empty() : find(algorithm.substring(0, with));
    }

    private static Optional<String> pssHash(X509Certificate signed) {
        try {
            var parameters = java.security.AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(signed.getSigAlgParams());
            return Optional.of(
                    parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
        } catch (GeneralSecurityException | java.io.IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Hash> find(String name) {
        String plain = name.toUpperCase(Locale.ROOT).replace("-", "");
        for (Hash hash : Hash.values()) {
            if (hash.name().equals(plain)) {
                return Optional.of(hash);
            }
        }
        return Optional.empty();
    }
}
