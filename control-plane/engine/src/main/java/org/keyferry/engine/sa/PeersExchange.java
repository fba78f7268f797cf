package org.keyferry.engine.sa;

import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.sa.State.Agreed;
import org.keyferry.wire.Bytes;

/// A CREATE_CHILD_SA request of the peer that is being worked on.
public sealed interface PeersExchange {

    /// A CHILD_SA that the peer asked for.
    ///
    /// @param replaces unique id of the CHILD_SA that the peer rekeys, 0 for a further one
    /// @param installing once the kernel has given an SPI
    record PeersChild(
            Agreed agreed,
            int replaces,
            Bytes nonceI,
            Bytes nonceR,
            Optional<OwnKey> key,
            Optional<ChildSa> installing)
            implements PeersExchange {
        /// @param cpi of ours, 0 if none was asked for
        public PeersChild withCpi(int cpi) {
            return new PeersChild(agreed.withCpi(cpi), replaces, nonceI, nonceR, key, installing);
        }

        public PeersChild with(OwnKey agreedKey) {
            return new PeersChild(
                    agreed, replaces, nonceI, nonceR, Optional.of(agreedKey), installing);
        }

        public PeersChild with(ChildSa child) {
            return new PeersChild(agreed, replaces, nonceI, nonceR, key, Optional.of(child));
        }
    }

    /// Our part of a key exchange in CREATE_CHILD_SA.
    record OwnKey(int methodId, Bytes publicValue, Secret shared) {}

    /// The peer rekeys the IKE_SA.
    record PeersIke(SaCore successor, Bytes nonceI, Bytes nonceR) implements PeersExchange {}
}
