package org.keyferry.engine.sa;

import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeSpi;

/// An exchange of the peer that did, while ours was under way, what ours is to do (RFC 7296 §2.8.1,
/// §2.8.2).
public sealed interface Rival {
    Bytes nonceI();

    Bytes nonceR();

    /// It replaced the CHILD_SA that we are rekeying.
    ///
    /// @param childUniqueId of the new one
    record OfChild(Bytes nonceI, Bytes nonceR, int childUniqueId) implements Rival {}

    /// It put this IKE_SA in the place of the one that we are rekeying.
    record OfIke(Bytes nonceI, Bytes nonceR, IkeSpi successor) implements Rival {}

    /// Whether the exchange with the lowest of the four nonces is ours: what it made is redundant,
    /// and we delete it.
    default boolean winsOver(Bytes ownNonceI, Bytes ownNonceR) {
        return min(ownNonceI, ownNonceR).compareTo(min(nonceI(), nonceR())) < 0;
    }

    private static Bytes min(Bytes a, Bytes b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
