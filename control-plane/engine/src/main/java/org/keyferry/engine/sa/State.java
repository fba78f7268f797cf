package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TrafficSelector;

/// Where an IKE_SA stands; each state carries just the data that is valid in it.
public sealed interface State {

    /// VICI's name.
    default String viciName() {
        return switch (this) {
            case Established _ -> "ESTABLISHED";
            case Deleting _ -> "DELETING";
            case Lingering _, Closed _ -> "DESTROYING";
            default -> "CONNECTING";
        };
    }

    /// What an initiator wants and has sent so far.
    ///
    /// @param child empty for an IKE_SA alone
    /// @param cookie of the responder, empty if it asked for none
    /// @param detours COOKIE and INVALID_KE_PAYLOAD answers so far; bounded
    record InitDraft(
            Optional<Child> child, int keMethodId, Bytes nonce, Bytes cookie, int detours) {
        public InitDraft withCookie(Bytes received) {
            return new InitDraft(child, keMethodId, nonce, received, detours + 1);
        }

        public InitDraft withMethod(int methodId) {
            return new InitDraft(child, methodId, nonce, cookie, detours + 1);
        }
    }

    /// Initiator: our key is being made.
    record MakingKey(InitDraft draft) implements State {}

    /// Initiator: IKE_SA_INIT request is out.
    record InitSent(InitDraft draft, LocalKey key, Bytes request) implements State {}

    /// Octets and nonces of IKE_SA_INIT, needed until both sides are authenticated (RFC 7296
    /// §2.15).
    record InitTranscript(Bytes request, Bytes response, Bytes nonceI, Bytes nonceR) {}

    /// Initiator: keys are being derived.
    record Deriving(Optional<Child> child, InitTranscript transcript) implements State {}

    /// Initiator: the kernel is asked for an SPI for the first CHILD_SA.
    record ReservingSpi(Child child, InitTranscript transcript) implements State {}

    /// Initiator: IKE_AUTH request is out.
    ///
    /// @param offer what was asked for; empty for an IKE_SA alone
    record AuthSent(InitTranscript transcript, Optional<ChildOffer> offer) implements State {}

    record ChildOffer(
            Child child,
            ChildSpi spi,
            List<Proposal> proposals,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR) {}

    /// Initiator: the first CHILD_SA goes into the kernel.
    record InstallingFirst(ChildSa child) implements State {}

    /// Responder: our key and the IKE_SA's keys are being made.
    record Answering(Bytes request, Bytes nonceI, Bytes nonceR) implements State {}

    /// Responder: IKE_SA_INIT is answered; the peer has until `deadline`.
    record AwaitingAuth(InitTranscript transcript, Instant deadline) implements State {}

    /// Responder: what IKE_AUTH will be answered with once the CHILD_SA is settled.
    record PendingAnswer(List<Payload> head, InitTranscript transcript) {}

    /// The CHILD_SA that a peer asked for and we agreed to.
    record Agreed(
            Child child,
            Proposal proposal,
            ChildSpi peerSpi,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR) {}

    /// Responder: the kernel is asked for an SPI.
    record ReservingForPeer(PendingAnswer answer, Agreed agreed) implements State {}

    /// Responder: the CHILD_SA goes into the kernel.
    record InstallingForPeer(PendingAnswer answer, Agreed agreed, ChildSa child) implements State {}

    /// @param peersChild the CHILD_SA that the peer asked for by CREATE_CHILD_SA, on its way
    record Established(Optional<PeersChild> peersChild) implements State {
        public static Established idle() {
            return new Established(Optional.empty());
        }

        public Established with(PeersChild child) {
            return new Established(Optional.of(child));
        }
    }

    /// A CHILD_SA that a peer asked for in an established IKE_SA.
    ///
    /// @param installing once the kernel has given an SPI
    record PeersChild(
            Agreed agreed,
            boolean rekeys,
            Bytes nonceI,
            Bytes nonceR,
            Optional<OwnKey> key,
            Optional<ChildSa> installing) {
        public PeersChild with(OwnKey agreedKey) {
            return new PeersChild(
                    agreed, rekeys, nonceI, nonceR, Optional.of(agreedKey), installing);
        }

        public PeersChild with(ChildSa child) {
            return new PeersChild(agreed, rekeys, nonceI, nonceR, key, Optional.of(child));
        }
    }

    /// Our part of a key exchange in CREATE_CHILD_SA.
    record OwnKey(int methodId, Bytes publicValue, Secret shared) {}

    /// Our DELETE is out.
    record Deleting(Reason reason) implements State {}

    /// Over, but the peer may not have got our last answer: its request is answered again.
    record Lingering(Reason reason, Instant until) implements State {}

    record Closed(Reason reason) implements State {}
}
