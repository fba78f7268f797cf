package org.keyferry.settings;

/// What strongswan.conf says of certificates and signatures.
///
/// @param hashAndUrl certificates are told and taken by hash and URL
/// @param rsaPss own RSA signatures are of the PSS kind if the peer takes them
/// @param blockDepth see `plugins.addrblock.depth`
public record TrustConf(
        boolean hashAndUrl,
        boolean rsaPss,
        boolean enforceCritical,
        boolean rejectTrustedEndEntity,
        boolean strictBlocks,
        int blockDepth) {
    static TrustConf of(SettingsSection charon) {
        return new TrustConf(
                charon.bool("hash_and_url", false),
                charon.bool("rsa_pss", false),
                charon.bool("x509.enforce_critical", true),
                charon.bool("reject_trusted_end_entity", false),
                charon.bool("plugins.addrblock.strict", true),
                charon.integer("plugins.addrblock.depth", -1));
    }
}
