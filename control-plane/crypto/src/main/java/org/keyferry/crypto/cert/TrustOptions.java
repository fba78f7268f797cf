package org.keyferry.crypto.cert;

/// What holds for every peer.
///
/// @param rejectTrustedEndEntity a certificate that is loaded is not trusted for that alone
/// @param preferPss RSA signatures of ours are of the PSS kind if the peer takes them
public record TrustOptions(PathRules paths, boolean rejectTrustedEndEntity, boolean preferPss) {
    public static final TrustOptions DEFAULT = new TrustOptions(PathRules.DEFAULT, false, false);
}
