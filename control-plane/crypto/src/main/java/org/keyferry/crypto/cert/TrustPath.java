package org.keyferry.crypto.cert;

import java.util.List;
import java.util.Optional;
import org.keyferry.wire.AddressRange;

/// A chain that leads to something trusted.
///
/// @param chain the peer's certificate first, its issuer next, the trust anchor last; of a
///   certificate that is trusted itself only that one
public record TrustPath(List<Certificate> chain) {
    public TrustPath {
        chain = List.copyOf(chain);
    }

    public Certificate subject() {
        return chain.getFirst();
    }

    public Certificate anchor() {
        return chain.getLast();
    }

    /// Addresses that the subject may use by the address blocks of its certificate (RFC 3779);
    /// empty if it has none, so that nothing limits it.
    public Optional<List<AddressRange>> addressBlocks() {
        return AddressBlocks.of(this);
    }
}
