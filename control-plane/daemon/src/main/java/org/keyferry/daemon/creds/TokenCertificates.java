package org.keyferry.daemon.creds;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.keyferry.daemon.creds.CertificateKind.Flag;

/// Certificates that were found on tokens.
///
/// @param trusted those that the token's owner marked so (CKA_TRUSTED)
/// @param others of use only to the holder of their private key: anybody who may write to the token
///   can have put them there
public record TokenCertificates(List<LoadedCertificate> trusted, List<LoadedCertificate> others) {
    static final TokenCertificates NONE = new TokenCertificates(List.of(), List.of());

    public TokenCertificates {
        trusted = List.copyOf(trusted);
        others = List.copyOf(others);
    }

    /// @param keys that are loaded
    Stream<LoadedCertificate> usable(Set<KeyId> keys) {
        return Stream.concat(
                trusted.stream(),
                others.stream()
                        .filter(each -> each.flag() == Flag.NONE)
                        .filter(each -> each.keyId().filter(keys::contains).isPresent()));
    }
}
