package org.keyferry.settings;

import java.time.Duration;

/// How revocation is asked for.
///
/// @param timeout of one fetch
/// @param cacheCrls whether fetched lists are written to swanctl's directory
/// @param nonceBytes 1 to 32, of a question by OCSP
/// @param redirects that are followed at most
public record RevocationConf(
        boolean ocsp,
        boolean crl,
        Duration timeout,
        boolean cacheCrls,
        int nonceBytes,
        int redirects) {
    /// Further ones are a loop.
    private static final int MOST_REDIRECTS = 5;

    static RevocationConf of(SettingsSection charon) {
        int redirects = charon.integer("plugins.curl.redir", -1);
        Duration timeout = charon.time("plugins.revocation.timeout", Duration.ofSeconds(10));
        return new RevocationConf(
                charon.bool("plugins.revocation.enable_ocsp", true),
                charon.bool("plugins.revocation.enable_crl", true),
                timeout.isZero() ? Duration.ofSeconds(10) : timeout,
                charon.bool("cache_crls", false),
                StrongswanConf.within(charon, "ocsp_nonce_len", 32, 1, 32),
                redirects < 0 ? MOST_REDIRECTS : Math.min(redirects, MOST_REDIRECTS));
    }
}
