package org.keyferry.settings.model;

import java.util.List;
import java.util.Set;

/// Keys and signatures that an `auth` string admits; no rule at all admits everything. Several
/// rules are alternatives.
///
/// @param chain for the certificates of a path
/// @param ike for the signature of AUTH; where there are none, those of the path hold for it too
public record SignatureRules(List<Rule> chain, List<Rule> ike) {
    public static final SignatureRules NONE = new SignatureRules(List.of(), List.of());

    public SignatureRules {
        chain = List.copyOf(chain);
        ike = List.copyOf(ike);
    }

    /// What AUTH is measured by.
    public List<Rule> ofAuth() {
        return ike.isEmpty() ? chain : ike;
    }

    /// @param minBits of the key, 0 for any length
    /// @param hashes empty for any
    public record Rule(KeyType type, int minBits, Set<Hash> hashes) {
        public Rule {
            hashes = Set.copyOf(hashes);
        }
    }

    /// Keys by their name in an `auth` string.
    public enum KeyType {
        PUBKEY,
        RSA,
        RSA_PSS,
        ECDSA,
        ED25519,
        ED448
    }

    /// Hashes by their name in an `auth` string.
    public enum Hash {
        MD5,
        SHA1,
        SHA224,
        SHA256,
        SHA384,
        SHA512,
        IDENTITY
    }
}
