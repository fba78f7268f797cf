package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.keyferry.crypto.IntermediateAuth;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.engine.Reason;
import org.keyferry.engine.Ticket;
import org.keyferry.engine.eap.EapPeer;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TrafficSelector;

/// Where an IKE_SA stands; each state carries just the data that is valid in it.
public sealed interface State {

    /// VICI's name.
    default String viciName() {
        return switch (this) {
            case Established established ->
                    established.own().filter(OwnExchange.OfIke.class::isInstance).isPresent()
                            ? "REKEYING"
                            : "ESTABLISHED";
            case Rekeyed _ -> "REKEYED";
            case Deleting _ -> "DELETING";
            case Lingering _, Closed _ -> "DESTROYING";
            default -> "CONNECTING";
        };
    }

    /// What has taken too long by now.
    default Optional<Reason> overdue(Instant now) {
        Reason why =
                this instanceof Solving
                        ? new Reason.PuzzleUnsolved("it takes too long")
                        : Reason.Plain.HALF_OPEN_TIMEOUT;
        return waitsUntil().filter(at -> !now.isBefore(at)).map(_ -> why);
    }

    /// Until when a responder waits for its peer to prove itself, or an initiator for arithmetic.
    default Optional<Instant> waitsUntil() {
        return switch (this) {
            case AwaitingAuth(_, Instant at) -> Optional.of(at);
            case AwaitingMoreAuth(var request) -> Optional.of(request.rounds().deadline());
            case ServingEap(var request, _) -> Optional.of(request.rounds().deadline());
            case Solving solving -> Optional.of(solving.until());
            default -> Optional.empty();
        };
    }

    /// What an initiator wants and has sent so far.
    ///
    /// @param child empty for an IKE_SA alone
    /// @param cookie of the responder, empty if it asked for none
    /// @param solution of the puzzle that came with it, empty if it brought none or is not solved
    /// @param detours COOKIE and INVALID_KE_PAYLOAD answers so far; bounded
    record InitDraft(
            Optional<Child> child,
            int keMethodId,
            Bytes nonce,
            Bytes cookie,
            List<Bytes> solution,
            int detours) {
        public InitDraft withCookie(Bytes received) {
            return new InitDraft(child, keMethodId, nonce, received, List.of(), detours + 1);
        }

        public InitDraft solved(List<Bytes> keys) {
            return new InitDraft(child, keMethodId, nonce, cookie, keys, detours);
        }

        public InitDraft withMethod(int methodId) {
            return new InitDraft(child, methodId, nonce, cookie, solution, detours + 1);
        }
    }

    /// Initiator: a puzzle is being solved (RFC 8019).
    sealed interface Solving extends State {
        /// Tells who works on it that nobody waits for it any more.
        AtomicBoolean unwanted();

        /// Until when that may take.
        Instant until();
    }

    /// Before IKE_SA_INIT is sent again.
    ///
    /// @param draft with the cookie that came with the puzzle
    record SolvingInit(InitDraft draft, LocalKey key, AtomicBoolean unwanted, Instant until)
            implements Solving {}

    /// Before IKE_AUTH.
    record SolvingAuth(
            Optional<Child> child, InitTranscript transcript, AtomicBoolean unwanted, Instant until)
            implements Solving {}

    /// Initiator: our key is being made.
    record MakingKey(InitDraft draft) implements State {}

    /// Initiator: a TCP connection is being opened (RFC 9329).
    record Connecting(InitDraft draft, LocalKey key) implements State {}

    /// Initiator: IKE_SA_INIT request is out.
    record InitSent(InitDraft draft, LocalKey key, Bytes request) implements State {}

    /// Octets and nonces of IKE_SA_INIT, and what followed it, needed until both sides are
    /// authenticated (RFC 7296 §2.15).
    record InitTranscript(
            Bytes request, Bytes response, Bytes nonceI, Bytes nonceR, Rounds rounds) {
        public InitTranscript(Bytes request, Bytes response, Bytes nonceI, Bytes nonceR) {
            this(request, response, nonceI, nonceR, Rounds.NONE);
        }

        public InitTranscript with(Rounds more) {
            return new InitTranscript(request, response, nonceI, nonceR, more);
        }

        /// See [IntermediateAuth]; empty if there was no such exchange.
        public Bytes intAuth() {
            return rounds.done() == 0
                    ? Bytes.EMPTY
                    : IntermediateAuth.whole(
                            rounds.ofInitiator(), rounds.ofResponder(), rounds.done() + 1);
        }
    }

    /// IKE_INTERMEDIATE exchanges so far (RFC 9242 §3.3.2).
    record Rounds(int done, Bytes ofInitiator, Bytes ofResponder) {
        public static final Rounds NONE = new Rounds(0, Bytes.EMPTY, Bytes.EMPTY);
    }

    /// Initiator: a TCP connection is being opened for IKE_SESSION_RESUME.
    record ConnectingToResume(Optional<Child> child, Ticket ticket, Bytes nonce) implements State {}

    /// Initiator: IKE_SESSION_RESUME request is out.
    ///
    /// @param cookie of the responder, empty if it asked for none
    record ResumeSent(
            Optional<Child> child, Ticket ticket, Bytes nonce, Bytes cookie, Bytes request)
            implements State {}

    /// Initiator: the gateway sent us to another one, and the way there is being looked for.
    record Redirecting(Gateway target) implements State {}

    /// Initiator: keys are being derived.
    record Deriving(Optional<Child> child, InitTranscript transcript) implements State {}

    /// Initiator: our key of an additional key exchange is being made.
    record MakingRoundKey(Optional<Child> child, InitTranscript transcript) implements State {}

    /// Initiator: an IKE_INTERMEDIATE request is out.
    ///
    /// @param octets of it that are authenticated later
    record RoundSent(Optional<Child> child, InitTranscript transcript, LocalKey key, Bytes octets)
            implements State {}

    /// Initiator: the keys are being renewed.
    record DerivingRound(Optional<Child> child, InitTranscript transcript) implements State {}

    /// Initiator: the kernel is asked for an SPI for the first CHILD_SA.
    record ReservingSpi(Child child, InitTranscript transcript) implements State {}

    /// Initiator: IKE_AUTH request is out.
    ///
    /// @param offer what was asked for; empty for an IKE_SA alone
    record AuthSent(InitTranscript transcript, Optional<ChildOffer> offer, OwnRounds rounds)
            implements State {
        public AuthSent with(OwnRounds further) {
            return new AuthSent(transcript, offer, further);
        }
    }

    /// Initiator: how far the rounds of both sides are (RFC 4739).
    ///
    /// @param own rounds of ours that are over; the next one is under way
    /// @param peers rounds in which the responder proved itself
    /// @param peerGoesOn it said that another one of its rounds follows
    /// @param eap our EAP round, once the server began it
    /// @param proven EAP succeeded, and our AUTH is out
    record OwnRounds(
            int own,
            int peers,
            boolean peerGoesOn,
            Optional<EapPeer> eap,
            Optional<EapPeer.Step.Succeeded> proven) {
        public static final OwnRounds NONE =
                new OwnRounds(0, 0, false, Optional.empty(), Optional.empty());

        /// The responder proved itself in one more.
        public OwnRounds peerProved() {
            return new OwnRounds(own, peers + 1, peerGoesOn, eap, proven);
        }

        public OwnRounds peerGoesOn(boolean more) {
            return new OwnRounds(own, peers, more, eap, proven);
        }

        /// Ours is over.
        public OwnRounds ownProved() {
            return new OwnRounds(own + 1, peers, peerGoesOn, Optional.empty(), Optional.empty());
        }

        public OwnRounds with(EapPeer begun) {
            return new OwnRounds(own, peers, peerGoesOn, Optional.of(begun), proven);
        }

        public OwnRounds with(EapPeer.Step.Succeeded success) {
            return new OwnRounds(own, peers, peerGoesOn, eap, Optional.of(success));
        }
    }

    /// What works for a set-up off the shard's thread while nothing goes to the peer.
    sealed interface Authenticating extends State {
        /// What is given back if the set-up ends now.
        default Optional<ChildOffer> offer() {
            return Optional.empty();
        }
    }

    /// Our AUTH that is being signed.
    ///
    /// @param certificates CERT payloads that go with it
    record OwnSignature(List<Payload> certificates, SignatureAuth.Choice choice) {}

    /// Initiator: AUTH of our request is being signed.
    record SigningRequest(AuthSent next, OwnSignature own) implements Authenticating {
        @Override
        public Optional<ChildOffer> offer() {
            return next.offer();
        }
    }

    /// Initiator: our answer to an EAP request is being made.
    record AnsweringEap(AuthSent sent) implements Authenticating {
        @Override
        public Optional<ChildOffer> offer() {
            return sent.offer();
        }
    }

    /// Initiator: the responder's signature and certificates are being judged.
    record JudgingResponder(AuthSent sent, List<Payload> payloads) implements Authenticating {
        @Override
        public Optional<ChildOffer> offer() {
            return sent.offer();
        }
    }

    /// Responder: the first IKE_AUTH request, and what came after it.
    ///
    /// @param payloads of the first request; what it asks for is answered at the end
    /// @param latest payloads of the request that is worked on
    /// @param candidates connections that may be meant, best first
    /// @param wanted IDr of the request
    record AuthRequest(
            InitTranscript transcript,
            List<Payload> payloads,
            List<Payload> latest,
            List<Connection> candidates,
            Optional<Identification> wanted,
            PeersRounds rounds) {
        public AuthRequest with(PeersRounds further) {
            return new AuthRequest(transcript, payloads, latest, candidates, wanted, further);
        }

        public AuthRequest with(List<Payload> request) {
            return new AuthRequest(transcript, payloads, request, candidates, wanted, rounds);
        }

        public AuthRequest narrowed(List<Connection> left) {
            return new AuthRequest(transcript, payloads, latest, left, wanted, rounds);
        }
    }

    /// Responder: how far the rounds of both sides are (RFC 4739).
    ///
    /// @param peers rounds in which the initiator proved itself
    /// @param own rounds of ours that are over
    /// @param peerGoesOn it said that another one of its rounds follows
    /// @param eap the initiator's EAP round that is under way
    /// @param deadline of the whole set-up
    record PeersRounds(
            int peers, int own, boolean peerGoesOn, Optional<EapLogin> eap, Instant deadline) {
        public static PeersRounds none(Instant deadline) {
            return new PeersRounds(0, 0, false, Optional.empty(), deadline);
        }

        public PeersRounds peerProved() {
            return new PeersRounds(peers + 1, own, peerGoesOn, Optional.empty(), deadline);
        }

        public PeersRounds ownProved() {
            return new PeersRounds(peers, own + 1, peerGoesOn, eap, deadline);
        }

        public PeersRounds peerGoesOn(boolean more) {
            return new PeersRounds(peers, own, more, eap, deadline);
        }

        public PeersRounds with(EapLogin login) {
            return new PeersRounds(peers, own, peerGoesOn, Optional.of(login), deadline);
        }
    }

    /// Responder: between two requests of IKE_AUTH.
    record AwaitingMoreAuth(AuthRequest request) implements State {}

    /// Responder: an EAP request is being made, here or by a server that EAP is passed on to.
    ///
    /// @param head payloads that go before it
    record ServingEap(AuthRequest request, List<Payload> head) implements Authenticating {}

    /// Responder: the initiator's signature and certificates are being judged.
    record JudgingInitiator(AuthRequest request) implements Authenticating {}

    /// Responder: AUTH of our answer is being signed.
    record SigningResponse(AuthRequest request, OwnSignature own) implements Authenticating {}

    /// @param cpi of the IPComp that is asked for, 0 for none
    record ChildOffer(
            Child child,
            ChildSpi spi,
            int cpi,
            List<Proposal> proposals,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR) {}

    /// Initiator: the first CHILD_SA goes into the kernel.
    record InstallingFirst(ChildSa child) implements State {}

    /// Responder: our key and the IKE_SA's keys are being made.
    record Answering(Bytes request, Bytes nonceI, Bytes nonceR) implements State {}

    /// Responder: IKE_SA_INIT is answered; the peer has until `deadline`.
    record AwaitingAuth(InitTranscript transcript, Instant deadline) implements State {}

    /// Initiator: the addresses that the peer gave us go to the kernel.
    ///
    /// @param child what comes then, or why there is none
    record InstallingAddresses(
            InitTranscript transcript,
            Optional<ChildOffer> offer,
            Optional<Agreed> child,
            Optional<Reason> childFailure)
            implements State {
        /// The CHILD_SA cannot be had.
        public InstallingAddresses without(Reason why) {
            return new InstallingAddresses(
                    transcript,
                    offer,
                    Optional.empty(),
                    childFailure.or(() -> offer.map(_ -> why)));
        }
    }

    /// Responder: somebody looks for addresses for the peer.
    ///
    /// @param payloads of the request that has all but the authentication
    record Addressing(PendingAnswer answer, List<Payload> payloads) implements State {}

    /// Responder: our key of an additional key exchange, and the new keys, are being made.
    ///
    /// @param octets of the request that are authenticated later
    record AnsweringRound(AwaitingAuth waiting, Bytes octets) implements State {}

    /// Responder: what IKE_AUTH will be answered with once the CHILD_SA is settled.
    record PendingAnswer(List<Payload> head, InitTranscript transcript) {}

    /// The CHILD_SA that both sides agreed to.
    record Agreed(
            Child child,
            Proposal proposal,
            ChildSpi peerSpi,
            List<TrafficSelector> tsI,
            List<TrafficSelector> tsR,
            ChildTerms terms) {
        /// @param cpi of ours, 0 if none was asked for
        public Agreed withCpi(int cpi) {
            return new Agreed(child, proposal, peerSpi, tsI, tsR, terms.withCpiIn(cpi));
        }
    }

    /// Responder: the kernel is asked for an SPI.
    record ReservingForPeer(PendingAnswer answer, Agreed agreed) implements State {}

    /// Responder: the CHILD_SA goes into the kernel.
    record InstallingForPeer(PendingAnswer answer, Agreed agreed, ChildSa child) implements State {}

    /// @param own exchange of ours beyond INFORMATIONAL
    /// @param peers request of the peer that is being worked on
    /// @param rival of our exchange, see [Rival]
    record Established(
            Optional<OwnExchange> own, Optional<PeersExchange> peers, Optional<Rival> rival)
            implements State {
        public static Established idle() {
            return new Established(Optional.empty(), Optional.empty(), Optional.empty());
        }

        public boolean isIdle() {
            return own.isEmpty() && peers.isEmpty();
        }

        public Established with(OwnExchange exchange) {
            return new Established(Optional.of(exchange), peers, rival);
        }

        public Established withoutOwn() {
            return new Established(Optional.empty(), peers, Optional.empty());
        }

        public Established with(PeersExchange exchange) {
            return new Established(own, Optional.of(exchange), rival);
        }

        public Established withoutPeers() {
            return new Established(own, Optional.empty(), rival);
        }

        public Established with(Rival met) {
            return new Established(own, peers, Optional.of(met));
        }

        /// @param successor of a rival that is no more
        public Established withoutRival(IkeSpi successor) {
            return rival.orElse(null) instanceof Rival.OfIke met
                            && met.successor().equals(successor)
                    ? new Established(own, peers, Optional.empty())
                    : this;
        }
    }

    /// Another IKE_SA has taken its place; the peer is to delete it until then.
    record Rekeyed(Instant until) implements State {}

    /// Our DELETE is out.
    record Deleting(Reason reason) implements State {}

    /// Over, but the peer may not have got our last answer: its request is answered again.
    record Lingering(Reason reason, Instant until) implements State {}

    record Closed(Reason reason) implements State {}
}
