package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.NatDetection;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TransformType;
import org.keyferry.wire.Violation;

/// IKE_SA_INIT as initiator (RFC 7296 §1.2); the responder's side is [IkeSaInitAnswer].
public final class IkeSaInit {
    public static final int NONCE_BYTES = 32;
    private static final int MAX_COOKIE_BYTES = 64;

    /// The first step: chooses the method of the key exchange and has its key made.
    public static State begin(SaCore sa, Optional<Child> child, Outbox out) {
        Streams.choose(sa);
        Optional<State> resuming = Resumption.begin(sa, child, out);
        if (resuming.isPresent()) {
            return resuming.get();
        }
        out.log(
                sa,
                Group.IKE,
                0,
                "initiating IKE_SA %s[%d] to %s",
                sa.name(),
                sa.uniqueId(),
                sa.remote().address());
        int methodId =
                sa.connection().proposals().stream()
                        .flatMap(proposal -> proposal.ofType(TransformType.KE).stream())
                        .mapToInt(org.keyferry.wire.Transform::id)
                        .filter(id -> KeyExchangeMethod.of(id).isPresent())
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "connection without a key exchange"));
        Bytes nonce = KeyOffer.nonce(sa);
        return makeKey(
                sa, new State.InitDraft(child, methodId, nonce, Bytes.EMPTY, List.of(), 0), out);
    }

    private static State makeKey(SaCore sa, State.InitDraft draft, Outbox out) {
        out.compute(sa, KeyOffer.making(sa, draft.keMethodId()));
        return new State.MakingKey(draft);
    }

    /// Our key is there: sends the request, or opens a connection for it first.
    public static State keyMade(
            SaCore sa,
            State.InitDraft draft,
            KeyExchangeMethod.LocalKey key,
            Instant now,
            Outbox out) {
        if (Streams.isNeeded(sa)) {
            Streams.open(sa, out);
            return new State.Connecting(draft, key);
        }
        return send(sa, draft, key, now, out);
    }

    static State send(
            SaCore sa,
            State.InitDraft draft,
            KeyExchangeMethod.LocalKey key,
            Instant now,
            Outbox out) {
        var payloads = new ArrayList<Payload>();
        if (draft.cookie().length() > 0) {
            payloads.add(Payload.Notify.of(NotifyType.COOKIE, draft.cookie()));
        }
        if (!draft.solution().isEmpty()) {
            payloads.add(new Payload.PuzzleSolution(draft.solution()));
        }
        payloads.add(new Payload.SecurityAssociation(numbered(sa.connection().proposals())));
        payloads.add(new Payload.KeyExchange(draft.keMethodId(), key.publicValue()));
        payloads.add(new Payload.Nonce(draft.nonce()));
        payloads.addAll(natDetection(sa));
        payloads.addAll(Abilities.announced(sa));
        payloads.addAll(VendorIds.own(sa));
        PublicKeyRound.hashes(sa.connection()).ifPresent(payloads::add);
        Bytes request =
                IkeMessage.encode(
                        sa.initiatorSpi(),
                        sa.responderSpi(),
                        ExchangeType.IKE_SA_INIT,
                        true,
                        false,
                        0,
                        payloads);
        sa.sendRequest(ExchangeType.IKE_SA_INIT, List.of(request), now, out);
        return new State.InitSent(draft, key, request);
    }

    static List<Proposal> numbered(List<Proposal> configured) {
        var numbered = new ArrayList<Proposal>();
        for (Proposal proposal : configured) {
            numbered.add(
                    new Proposal(
                            numbered.size() + 1,
                            proposal.protocolId(),
                            Bytes.EMPTY,
                            proposal.transforms()));
        }
        return numbered;
    }

    /// NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP (RFC 7296 §2.23). With `encap`, and
    /// on the way from TCP back to UDP, the own address is hidden, so that the peer sees a NAT
    /// where none is.
    static List<Payload> natDetection(SaCore sa) {
        return natDetection(sa, sa.local(), sa.remote());
    }

    /// The same for a message from `local` to `remote`.
    static List<Payload> natDetection(SaCore sa, Endpoint local, Endpoint remote) {
        Endpoint source =
                sa.connection().encap() || sa.extensions().udp().isLeaving()
                        ? new Endpoint(
                                local.address().v6() ? IpAddress.ANY_V6 : IpAddress.ANY_V4, 0)
                        : local;
        return List.of(
                Payload.Notify.of(
                        NotifyType.NAT_DETECTION_SOURCE_IP,
                        NatDetection.hash(sa.initiatorSpi(), sa.responderSpi(), source)),
                Payload.Notify.of(
                        NotifyType.NAT_DETECTION_DESTINATION_IP,
                        NatDetection.hash(sa.initiatorSpi(), sa.responderSpi(), remote)));
    }

    /// Reads the peer's NAT detection: the side whose hash does not fit is behind a NAT. A peer
    /// that sends none does not support NAT traversal.
    static void detectNat(
            SaCore sa,
            org.keyferry.wire.IkeSpi initiator,
            org.keyferry.wire.IkeSpi responder,
            List<Payload> payloads) {
        List<Payload.Notify> sources = notifies(payloads, NotifyType.NAT_DETECTION_SOURCE_IP);
        List<Payload.Notify> destinations =
                notifies(payloads, NotifyType.NAT_DETECTION_DESTINATION_IP);
        if (sources.isEmpty() || destinations.isEmpty()) {
            return;
        }
        Bytes seenPeer = NatDetection.hash(initiator, responder, sa.remote());
        Bytes seenSelf = NatDetection.hash(initiator, responder, sa.local());
        boolean peerBehind = sources.stream().noneMatch(n -> n.data().equals(seenPeer));
        boolean selfBehind = destinations.stream().noneMatch(n -> n.data().equals(seenSelf));
        sa.nat(selfBehind, peerBehind);
        sa.peerDoesNatT();
    }

    private static List<Payload.Notify> notifies(List<Payload> payloads, int type) {
        return IkeMessage.all(payloads, Payload.Notify.class).stream()
                .filter(n -> n.notifyType() == type)
                .toList();
    }

    /// The peer's answer: keys, a detour, or the end.
    public static State onResponse(
            SaCore sa, State.InitSent sent, SaInput.Received in, Instant now, Outbox out) {
        if (in.remote().tcp() != sa.remote().tcp()) {
            return sent; // a late answer to another request, from before TCP was tried
        }
        List<Payload> payloads;
        try {
            payloads = IkeMessage.decode(in.datagram()).payloads();
        } catch (PeerViolation e) {
            // unprotected and perhaps forged: the real answer may still come
            out.log(sa, Group.ENC, 1, "IKE_SA_INIT response ignored: %s", e.getMessage());
            return sent;
        }
        Optional<Payload.Notify> cookie = IkeMessage.notify(payloads, NotifyType.COOKIE);
        Optional<Payload.Notify> otherMethod =
                IkeMessage.notify(payloads, NotifyType.INVALID_KE_PAYLOAD);
        if (cookie.isPresent()) {
            Optional<Payload.Notify> puzzle = IkeMessage.notify(payloads, NotifyType.PUZZLE);
            return onCookie(sa, sent, cookie.get(), puzzle, now, out);
        }
        if (otherMethod.isPresent()) {
            return onInvalidKe(sa, sent, otherMethod.get(), out);
        }
        Optional<State> redirected = Redirect.onInit(sa, sent, payloads, now, out);
        if (redirected.isPresent()) {
            return redirected.get();
        }
        Optional<Payload.Notify> error =
                IkeMessage.all(payloads, Payload.Notify.class).stream()
                        .filter(n -> NotifyType.isError(n.notifyType()))
                        .findFirst();
        if (error.isPresent()) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "received %s notify error",
                    NotifyType.name(error.get().notifyType()));
            return new State.Closed(
                    new Reason.PeerRefused(
                            "IKE_SA_INIT",
                            error.get().notifyType(),
                            error.get().notifyType() == NotifyType.NO_PROPOSAL_CHOSEN
                                    ? "we offered " + sa.connection().proposals()
                                    : ""));
        }
        return accept(sa, sent, in, payloads, out);
    }

    private static State onCookie(
            SaCore sa,
            State.InitSent sent,
            Payload.Notify cookie,
            Optional<Payload.Notify> puzzle,
            Instant now,
            Outbox out) {
        int cookieBytes = cookie.data().length();
        if (cookieBytes == 0
                || cookieBytes > MAX_COOKIE_BYTES
                || cookie.data().equals(sent.draft().cookie())) {
            return sent; // invalid, or a copy of the answer that was followed already
        }
        if (sent.draft().detours() >= KeyOffer.MAX_DETOURS) {
            return new State.Closed(
                    puzzle.isPresent()
                            ? Puzzles.tooMany()
                            : new Reason.PeerRefused(
                                    "IKE_SA_INIT", NotifyType.COOKIE, "again and again"));
        }
        sa.requests().withdraw();
        State.InitDraft draft = sent.draft().withCookie(cookie.data());
        if (puzzle.isPresent()) {
            return Puzzles.onPuzzle(sa, draft, sent.key(), puzzle.get().data(), now, out);
        }
        out.log(sa, Group.IKE, 1, "peer asks for a cookie, sending IKE_SA_INIT again");
        return send(sa, draft, sent.key(), now, out);
    }

    private static State onInvalidKe(
            SaCore sa, State.InitSent sent, Payload.Notify notify, Outbox out) {
        int wanted = KeyOffer.wanted(notify);
        int tried = sent.draft().keMethodId();
        if (wanted == tried) {
            return sent; // a copy of the answer that was followed already
        }
        var offered = sa.connection().proposals();
        if (KeyOffer.detour(notify, tried, sent.draft().detours(), offered).isEmpty()) {
            return new State.Closed(
                    new Reason.PeerRefused(
                            "IKE_SA_INIT",
                            NotifyType.INVALID_KE_PAYLOAD,
                            "it wants method " + wanted + ", which was not offered"));
        }
        out.log(sa, Group.IKE, 1, "peer did not accept the key exchange, it requested %d", wanted);
        sa.requests().withdraw();
        return makeKey(sa, sent.draft().withMethod(wanted), out);
    }

    private static State accept(
            SaCore sa,
            State.InitSent sent,
            SaInput.Received in,
            List<Payload> payloads,
            Outbox out) {
        var chosen = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        var peerKey = IkeMessage.first(payloads, Payload.KeyExchange.class);
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        if (chosen.isEmpty()
                || peerKey.isEmpty()
                || nonce.isEmpty()
                || in.header().responderSpi().equals(org.keyferry.wire.IkeSpi.ZERO)) {
            out.log(sa, Group.IKE, 1, "IKE_SA_INIT response without SA, KE, nonce or SPI ignored");
            return sent;
        }
        var outcome =
                ProposalSelection.confirm(
                        sa.connection().proposals(), chosen.get().proposals(), false);
        if (outcome.proposal().isEmpty()) {
            return new State.Closed(
                    new Reason.NoProposalChosen(
                            chosen.get().proposals(),
                            sa.connection().proposals(),
                            outcome.mismatch()));
        }
        Proposal proposal = outcome.proposal().get();
        int methodId = IkeSuite.of(proposal).keId();
        if (peerKey.get().methodId() != methodId || methodId != sent.draft().keMethodId()) {
            return new State.Closed(
                    new Reason.PeerBroke("IKE_SA_INIT", new Violation.Malformed("KE method", 0)));
        }
        sa.requests().answered();
        sa.peerSpi(in.header().responderSpi());
        sa.chosen(proposal);
        out.log(sa, Group.CFG, 1, "selected proposal: %s", proposal);
        sa.endpoints(in.local(), in.remote());
        detectNat(sa, sa.initiatorSpi(), sa.responderSpi(), payloads);
        Abilities.read(sa, payloads);
        if (!AdditionalKeys.of(proposal).isEmpty() && !AdditionalKeys.announcedIn(payloads)) {
            return new State.Closed(
                    new Reason.PeerBroke(
                            "IKE_SA_INIT", new Violation.Malformed("additional key exchange", 0)));
        }
        Optional<Reason> refused = Puzzles.read(sa, payloads, nonce.get().data());
        if (refused.isPresent()) {
            return new State.Closed(refused.get());
        }
        VendorIds.read(sa, payloads);
        sa.peerSupport(PeerSupport.NONE.with(payloads));
        floatToNatT(sa, out);
        var transcript =
                new State.InitTranscript(
                        sent.request(), in.datagram(), sent.draft().nonce(), nonce.get().data());
        out.compute(
                sa,
                new ComputeJob.Complete(
                        sent.key(),
                        peerKey.get().publicValue(),
                        sa.suite(),
                        transcript.nonceI(),
                        transcript.nonceR(),
                        sa.initiatorSpi(),
                        sa.responderSpi()));
        return new State.Deriving(sent.draft().child(), transcript);
    }

    /// With a NAT in between everything from IKE_AUTH on goes to port 4500 (RFC 7296 §2.23). With
    /// MOBIKE it does so anyway, as a NAT may come in between later (RFC 4555 §3.3).
    static void floatToNatT(SaCore sa, Outbox out) {
        if (sa.remote().tcp()) {
            return; // (RFC 9329 §6.5)
        }
        if (!sa.encap() && !(sa.connection().mobike() && sa.peerNatT())) {
            return;
        }
        if (sa.natLocal()) {
            out.log(sa, Group.IKE, 0, "local host is behind NAT, sending keep alives");
        }
        if (sa.natRemote()) {
            out.log(sa, Group.IKE, 0, "remote host is behind NAT");
        }
        if (sa.local().port() == sa.settings().port() && sa.remote().port() == 500) {
            sa.endpoints(
                    new Endpoint(sa.local().address(), sa.settings().portNatT()),
                    new Endpoint(sa.remote().address(), 4500));
        }
    }

    private IkeSaInit() {}
}
