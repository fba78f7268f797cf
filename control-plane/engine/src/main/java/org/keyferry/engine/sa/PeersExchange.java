package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.sa.State.Agreed;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;

/// A CREATE_CHILD_SA request of the peer that is being worked on.
public sealed interface PeersExchange {
    /// What IKE_FOLLOWUP_KE exchanges are still to bring; empty if nothing, or not yet.
    Optional<Pending> pending();

    /// The same exchange a step further.
    PeersExchange with(Pending further);

    /// Answered, but for additional key exchanges that the peer is to begin.
    ///
    /// @param deadline when the peer is no longer waited for
    /// @param working on a request
    /// @param publicValue ours of the last of them, to be sent when all is done
    record Pending(
            FollowUps progress, Instant deadline, boolean working, Optional<Bytes> publicValue) {}

    /// A CHILD_SA that the peer asked for.
    ///
    /// @param replaces unique id of the CHILD_SA that the peer rekeys, 0 for a further one
    /// @param spi that the kernel gave while additional key exchanges are to come
    /// @param installing once the kernel has given an SPI
    record PeersChild(
            Agreed agreed,
            int replaces,
            Bytes nonceI,
            Bytes nonceR,
            Optional<OwnKey> key,
            Optional<ChildSpi> spi,
            Optional<Pending> pending,
            Optional<ChildSa> installing)
            implements PeersExchange {
        public PeersChild(Agreed agreed, int replaces, Bytes nonceI, Bytes nonceR) {
            this(
                    agreed,
                    replaces,
                    nonceI,
                    nonceR,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        /// @param cpi of ours, 0 if none was asked for
        public PeersChild withCpi(int cpi) {
            return new PeersChild(
                    agreed.withCpi(cpi), replaces, nonceI, nonceR, key, spi, pending, installing);
        }

        public PeersChild with(OwnKey agreedKey) {
            return new PeersChild(
                    agreed,
                    replaces,
                    nonceI,
                    nonceR,
                    Optional.of(agreedKey),
                    spi,
                    pending,
                    installing);
        }

        public PeersChild with(ChildSpi reserved) {
            return new PeersChild(
                    agreed,
                    replaces,
                    nonceI,
                    nonceR,
                    key,
                    Optional.of(reserved),
                    pending,
                    installing);
        }

        @Override
        public PeersChild with(Pending further) {
            return new PeersChild(
                    agreed, replaces, nonceI, nonceR, key, spi, Optional.of(further), installing);
        }

        public PeersChild with(ChildSa child) {
            return new PeersChild(
                    agreed, replaces, nonceI, nonceR, key, spi, pending, Optional.of(child));
        }
    }

    /// Our part of a key exchange in CREATE_CHILD_SA.
    record OwnKey(int methodId, Bytes publicValue, Secret shared) {}

    /// The peer rekeys the IKE_SA.
    ///
    /// @param key of the first key exchange while additional ones are to come
    record PeersIke(
            SaCore successor,
            Bytes nonceI,
            Bytes nonceR,
            Optional<OwnKey> key,
            Optional<Pending> pending)
            implements PeersExchange {
        public PeersIke(SaCore successor, Bytes nonceI, Bytes nonceR) {
            this(successor, nonceI, nonceR, Optional.empty(), Optional.empty());
        }

        public PeersIke with(OwnKey agreedKey) {
            return new PeersIke(successor, nonceI, nonceR, Optional.of(agreedKey), pending);
        }

        @Override
        public PeersIke with(Pending further) {
            return new PeersIke(successor, nonceI, nonceR, key, Optional.of(further));
        }
    }
}
