package org.keyferry.engine.sa;

import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.sa.State.Agreed;
import org.keyferry.engine.sa.State.ChildOffer;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IkeSpi;

/// A CREATE_CHILD_SA exchange of ours in an established IKE_SA, from the task that wants it to its
/// end.
public sealed interface OwnExchange {

    /// What a CHILD_SA is wanted for.
    ///
    /// @param replaces unique id of the CHILD_SA that is rekeyed, 0 for a further one
    /// @param requestId of the user who waits, 0 for none
    /// @param noncesOnly keys are to be made without a key exchange
    record ChildWish(Child config, int replaces, long requestId, boolean noncesOnly) {
        /// With a key exchange after all.
        public ChildWish withKeyExchange() {
            return new ChildWish(config, replaces, requestId, false);
        }
    }

    /// What we have gathered for a request.
    ///
    /// @param methodId of the key exchange, 0 for none
    /// @param cpi of IPComp that came with the SPI, 0 for none
    /// @param detours INVALID_KE_PAYLOAD answers so far; bounded
    record ChildDraft(
            ChildWish wish,
            int methodId,
            Bytes nonce,
            Optional<LocalKey> key,
            Optional<ChildSpi> spi,
            int cpi,
            int detours) {
        public ChildDraft with(LocalKey made) {
            return new ChildDraft(wish, methodId, nonce, Optional.of(made), spi, cpi, detours);
        }

        public ChildDraft with(ChildSpi reserved, int reservedCpi) {
            return new ChildDraft(
                    wish, methodId, nonce, key, Optional.of(reserved), reservedCpi, detours);
        }

        /// For another request.
        public ChildDraft with(ChildWish other, int method, Bytes otherNonce) {
            return new ChildDraft(
                    other, method, otherNonce, Optional.empty(), spi, cpi, detours + 1);
        }

        public ChildDraft withMethod(int other, Bytes otherNonce) {
            return new ChildDraft(wish, other, otherNonce, Optional.empty(), spi, cpi, detours + 1);
        }
    }

    /// The exchanges that are about a CHILD_SA.
    sealed interface OfChild extends OwnExchange {
        ChildDraft draft();
    }

    /// Our key is being made.
    record MakingChildKey(ChildDraft draft) implements OfChild {}

    /// The kernel is asked for an SPI.
    record ReservingSpi(ChildDraft draft) implements OfChild {}

    /// The request is out.
    record ChildAsked(ChildDraft draft, ChildOffer offer) implements OfChild {}

    /// The peer agreed; the shared secret is being made.
    ///
    /// @param progress additional key exchanges that come afterwards
    record CompletingChild(ChildDraft draft, Agreed agreed, Bytes nonceR, FollowUps progress)
            implements OfChild {}

    /// The peer agreed; additional key exchanges follow.
    ///
    /// @param shared of the first key exchange, empty without one
    /// @param key ours of the additional one whose request is out
    record FollowingChild(
            ChildDraft draft,
            Agreed agreed,
            Bytes nonceR,
            Optional<Secret> shared,
            FollowUps progress,
            Optional<LocalKey> key)
            implements OfChild, Following {
        @Override
        public FollowingChild with(Optional<LocalKey> made) {
            return new FollowingChild(draft, agreed, nonceR, shared, progress, made);
        }

        @Override
        public FollowingChild with(FollowUps further) {
            return new FollowingChild(draft, agreed, nonceR, shared, further, Optional.empty());
        }

        public FollowingChild withShared(Secret first) {
            return new FollowingChild(
                    draft, agreed, nonceR, Optional.of(first), progress, Optional.empty());
        }

        @Override
        public void close() {
            shared.ifPresent(Secret::close);
            Following.super.close();
        }
    }

    /// An exchange of ours that IKE_FOLLOWUP_KE exchanges complete.
    sealed interface Following extends OwnExchange {
        FollowUps progress();

        Optional<LocalKey> key();

        Following with(Optional<LocalKey> made);

        Following with(FollowUps further);

        /// Wipes what was agreed on so far.
        default void close() {
            key().ifPresent(LocalKey::close);
            progress().close();
        }
    }

    /// The CHILD_SA goes into the kernel.
    record InstallingChild(ChildDraft draft, ChildSa child, Bytes nonceR) implements OfChild {}

    /// What we have gathered for the request that rekeys the IKE_SA.
    ///
    /// @param spi ours of the new one
    record IkeDraft(long requestId, int methodId, Bytes nonce, IkeSpi spi, int detours) {
        public IkeDraft withMethod(int other, Bytes otherNonce) {
            return new IkeDraft(requestId, other, otherNonce, spi, detours + 1);
        }
    }

    /// The exchanges that are about the IKE_SA.
    sealed interface OfIke extends OwnExchange {
        IkeDraft draft();
    }

    /// Our key is being made.
    record MakingIkeKey(IkeDraft draft) implements OfIke {}

    /// The request is out.
    record IkeAsked(IkeDraft draft, LocalKey key) implements OfIke {}

    /// The peer agreed; the keys of the successor are being made.
    record DerivingIke(IkeDraft draft, SaCore successor, Bytes nonceR) implements OfIke {}

    /// The peer agreed; additional key exchanges follow.
    ///
    /// @param shared of the first key exchange, empty while it is made
    record FollowingIke(
            IkeDraft draft,
            SaCore successor,
            Bytes nonceR,
            Optional<Secret> shared,
            FollowUps progress,
            Optional<LocalKey> key)
            implements OfIke, Following {
        @Override
        public FollowingIke with(Optional<LocalKey> made) {
            return new FollowingIke(draft, successor, nonceR, shared, progress, made);
        }

        @Override
        public FollowingIke with(FollowUps further) {
            return new FollowingIke(draft, successor, nonceR, shared, further, Optional.empty());
        }

        public FollowingIke withShared(Secret first) {
            return new FollowingIke(
                    draft, successor, nonceR, Optional.of(first), progress, Optional.empty());
        }

        @Override
        public void close() {
            shared.ifPresent(Secret::close);
            Following.super.close();
        }
    }

    /// All is there, but the peer's request for the same is still being worked on.
    record IkeReady(IkeDraft draft, SaCore successor, Bytes nonceR) implements OfIke {}
}
