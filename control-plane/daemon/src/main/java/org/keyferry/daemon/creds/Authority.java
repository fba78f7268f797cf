package org.keyferry.daemon.creds;

import java.util.List;
import java.util.Optional;

/// A certification authority and where its revocations are told.
///
/// @param certUriBase where certificates are found by their hash
public record Authority(
        String name,
        LoadedCertificate certificate,
        List<String> crlUris,
        List<String> ocspUris,
        Optional<String> certUriBase) {
    public Authority {
        crlUris = List.copyOf(crlUris);
        ocspUris = List.copyOf(ocspUris);
    }
}
