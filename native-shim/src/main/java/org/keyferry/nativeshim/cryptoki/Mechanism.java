package org.keyferry.nativeshim.cryptoki;

import java.util.Optional;

/// A way to sign (CK_MECHANISM).
public record Mechanism(long type, Optional<Pss> pss) {
    /// Parameters of RSA-PSS (CK_RSA_PKCS_PSS_PARAMS).
    public record Pss(long hash, long mask, long saltBytes) {}

    public static Mechanism plain(long type) {
        return new Mechanism(type, Optional.empty());
    }
}
