package org.keyferry.engine.exchange;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.PskAuth;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.Ticket;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.Resumability;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.Successor;
import org.keyferry.engine.sa.Task;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Session resumption as client (RFC 5723): an IKE_SA that was lost is taken up again by a ticket
/// of the gateway, in two round trips without a key exchange and without signatures, certificates
/// or EAP. Whatever does not work out leads to a full set-up. The gateway's side is
/// [ResumptionAnswer].
public final class Resumption {
    private static final int LIFETIME_BYTES = 4;
    private static final int MOST_OPAQUE_BYTES = 8_192;
    private static final int MAX_COOKIE_BYTES = 64;

    /// Unanswered transmissions after which the gateway seems not to know the exchange, or to be
    /// elsewhere.
    private static final int MOST_TRANSMISSIONS = 2;

    private static final Duration ASKS_AGAIN = Duration.ofMinutes(1);

    // -- tickets --

    /// In IKE_AUTH: asks for a ticket.
    static List<Payload> request(SaCore sa) {
        return sa.connection().resumption()
                ? List.of(Payload.Notify.of(NotifyType.TICKET_REQUEST))
                : List.of();
    }

    /// Keeps the ticket that the gateway gave us, and sees to it that there is another one in time.
    static void read(SaCore sa, List<Payload> payloads, Outbox out) {
        boolean whole = sa.addressBlocks().isEmpty(); // they are not part of a session
        if (!sa.connection().resumption() || !whole) {
            return;
        }
        if (IkeMessage.notify(payloads, NotifyType.TICKET_ACK).isPresent()) {
            sa.postpone(sa.now().plus(ASKS_AGAIN), new Task.RequestTicket());
        }
        Optional<Bytes> data =
                IkeMessage.notify(payloads, NotifyType.TICKET_LT_OPAQUE)
                        .map(Payload.Notify::data)
                        .filter(d -> d.length() > LIFETIME_BYTES && d.length() < MOST_OPAQUE_BYTES);
        if (data.isEmpty()) {
            return;
        }
        Duration lifetime = Duration.ofSeconds(Integer.toUnsignedLong(data.get().i32(0)));
        sa.extensions().resumability().held().ifPresent(former -> former.skD().close());
        sa.extensions()
                .resumability()
                .held(
                        Optional.of(
                                new Ticket(
                                        data.get()
                                                .slice(LIFETIME_BYTES, data.get().length())
                                                .compact(),
                                        sa.now().plus(lifetime),
                                        Instant.MAX,
                                        sa.connection(),
                                        sa.localId(),
                                        sa.remoteId(),
                                        sa.login(),
                                        sa.extensions().ppkUsed(),
                                        sa.proposal(),
                                        Secret.owned(sa.keys().skD()),
                                        List.of())));
        out.log(sa, Group.IKE, 1, "received a session ticket, valid for %ds", lifetime.toSeconds());
        sa.postpone(sa.now().plus(lifetime.multipliedBy(3).dividedBy(4)), new Task.RequestTicket());
    }

    /// An IKE_SA has ended. If it was lost, its ticket serves the next set-up of the connection; if
    /// somebody ended it, the ticket is worthless.
    public static void ended(SaCore sa, Reason reason) {
        boolean lost = reason instanceof Reason.Timeout || reason == Reason.Plain.PEER_RESTARTED;
        Resumability resumability = sa.extensions().resumability();
        Optional<Ticket> held = resumability.held();
        resumability.held(Optional.empty());
        if (lost && held.isPresent()) {
            Instant reauthAt = sa.replacement().reauthBy();
            sa.ids().lostSessions().put(held.get().lost(reauthAt, sa.virtualIps().local()));
        } else {
            held.ifPresent(ticket -> ticket.skD().close());
        }
        if (!lost) {
            resumability
                    .issued()
                    .ifPresent(
                            issued ->
                                    sa.ids()
                                            .ticketKeys()
                                            .use(issued.id(), issued.expires(), sa.now()));
        }
    }

    /// An IKE_SA is up: a ticket from before it is of no use.
    static void established(SaCore sa) {
        if (sa.isInitiator() && sa.connection().resumption()) {
            sa.ids().lostSessions().forget(sa.name());
        }
        sa.extensions().resumability().settled();
    }

    // -- the exchange --

    /// Instead of IKE_SA_INIT, if there is a ticket.
    static Optional<State> begin(SaCore sa, Optional<Child> child, Outbox out) {
        Resumability resumability = sa.extensions().resumability();
        if (!sa.connection().resumption() || resumability.tried()) {
            return Optional.empty();
        }
        resumability.tried(true);
        Optional<Ticket> ticket = sa.ids().lostSessions().take(sa.connection(), sa.now());
        if (ticket.isEmpty()) {
            return Optional.empty();
        }
        out.log(
                sa,
                Group.IKE,
                0,
                "resuming IKE_SA %s[%d] with %s",
                sa.name(),
                sa.uniqueId(),
                sa.remote().address());
        if (sa.replacement().formerAddresses().isEmpty()) {
            sa.replacement().formerAddresses(ticket.get().addresses());
        }
        var connecting = new State.ConnectingToResume(child, ticket.get(), KeyOffer.nonce(sa));
        if (Streams.isNeeded(sa)) {
            Streams.open(sa, out);
            return Optional.of(connecting);
        }
        return Optional.of(connected(sa, connecting, sa.now(), out));
    }

    /// Over UDP, or over the connection that is open by now.
    static State connected(SaCore sa, State.ConnectingToResume state, Instant now, Outbox out) {
        return send(sa, state.child(), state.ticket(), state.nonce(), Bytes.EMPTY, now, out);
    }

    /// UDP was not answered, and a connection is open: the same once more over that.
    static State again(SaCore sa, State.ResumeSent sent, Instant now, Outbox out) {
        sa.requests().withdraw();
        return send(sa, sent.child(), sent.ticket(), sent.nonce(), Bytes.EMPTY, now, out);
    }

    /// There is no connection to be had. The next try may use the ticket.
    ///
    /// @return empty if no ticket is being tried
    static Optional<State> notConnected(SaCore sa, State state, Reason why, Outbox out) {
        return switch (state) {
            case State.ConnectingToResume(_, var ticket, _) -> {
                sa.ids().lostSessions().put(ticket);
                yield Optional.of(new State.Closed(why));
            }
            case State.ResumeSent sent when !sa.remote().tcp() -> {
                sa.ids().lostSessions().put(sent.ticket());
                yield Optional.of(fullSetUp(sa, "no answer", out));
            }
            default -> Optional.empty();
        };
    }

    private static State send(
            SaCore sa,
            Optional<Child> child,
            Ticket ticket,
            Bytes nonce,
            Bytes cookie,
            Instant now,
            Outbox out) {
        var payloads = new ArrayList<Payload>();
        if (!cookie.isEmpty()) {
            payloads.add(Payload.Notify.of(NotifyType.COOKIE, cookie));
        }
        payloads.add(new Payload.Nonce(nonce));
        payloads.add(Payload.Notify.of(NotifyType.TICKET_OPAQUE, ticket.opaque()));
        payloads.addAll(IkeSaInit.natDetection(sa));
        payloads.addAll(Abilities.announcedAgain(sa));
        payloads.addAll(VendorIds.own(sa));
        Bytes request =
                IkeMessage.encode(
                        sa.initiatorSpi(),
                        sa.responderSpi(),
                        ExchangeType.IKE_SESSION_RESUME,
                        true,
                        false,
                        0,
                        payloads);
        sa.sendRequest(ExchangeType.IKE_SESSION_RESUME, List.of(request), now, out);
        return new State.ResumeSent(child, ticket, nonce, cookie, request);
    }

    /// The request is to be sent again. Where TCP may help, that is tried with the same ticket.
    ///
    /// @return empty if it should
    public static Optional<State> onSilence(
            SaCore sa, State.ResumeSent sent, int transmissions, Outbox out) {
        if (transmissions < MOST_TRANSMISSIONS || Streams.isTried(sa, out)) {
            return Optional.empty();
        }
        // perhaps it is the way there that is broken: the next try may use the ticket
        sa.ids().lostSessions().put(sent.ticket());
        return Optional.of(fullSetUp(sa, "no answer", out));
    }

    public static State onResponse(
            SaCore sa, State.ResumeSent sent, SaInput.Received in, Instant now, Outbox out) {
        if (in.remote().tcp() != sa.remote().tcp()) {
            return sent; // a late answer to another request, from before TCP was tried
        }
        List<Payload> payloads;
        try {
            payloads = IkeMessage.decode(in.datagram()).payloads();
        } catch (PeerViolation e) {
            // unprotected and perhaps forged: the real answer may still come
            out.log(sa, Group.ENC, 1, "IKE_SESSION_RESUME response ignored: %s", e.getMessage());
            return sent;
        }
        Optional<Payload.Notify> cookie = IkeMessage.notify(payloads, NotifyType.COOKIE);
        if (cookie.isPresent()) {
            Bytes data = cookie.get().data();
            boolean follows =
                    sent.cookie().isEmpty() && !data.isEmpty() && data.length() <= MAX_COOKIE_BYTES;
            if (!follows) {
                return sent;
            }
            sa.requests().withdraw();
            return send(sa, sent.child(), sent.ticket(), sent.nonce(), data, now, out);
        }
        if (IkeMessage.notify(payloads, NotifyType.TICKET_NACK).isPresent()
                || IkeAuth.firstError(payloads).isPresent()) {
            sent.ticket().skD().close();
            return fullSetUp(sa, "the gateway does not take the ticket", out);
        }
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        if (nonce.isEmpty() || in.header().responderSpi().isZero()) {
            out.log(sa, Group.IKE, 1, "IKE_SESSION_RESUME response without nonce or SPI ignored");
            return sent;
        }
        return accept(sa, sent, in, payloads, nonce.get().data(), now, out);
    }

    private static State accept(
            SaCore sa,
            State.ResumeSent sent,
            SaInput.Received in,
            List<Payload> payloads,
            Bytes nonceR,
            Instant now,
            Outbox out) {
        Ticket ticket = sent.ticket();
        sa.requests().answered();
        sa.peerSpi(in.header().responderSpi());
        sa.chosen(ticket.proposal());
        sa.endpoints(in.local(), in.remote());
        IkeSaInit.detectNat(sa, sa.initiatorSpi(), sa.responderSpi(), payloads);
        Abilities.read(sa, payloads);
        VendorIds.read(sa, payloads);
        sa.peerSupport(PeerSupport.NONE.with(payloads));
        IkeSaInit.floatToNatT(sa, out);
        sa.extensions().resumability().resumedBy(new Resumability.By.Client(ticket));
        sa.extensions().ppkUsed(ticket.ppk());
        sa.keys(
                IkeKeys.deriveResumed(
                        sa.suite(),
                        ticket.skD().array(),
                        sent.nonce(),
                        nonceR,
                        sa.initiatorSpi(),
                        sa.responderSpi()));
        sa.extensions().resumability().settled();
        var transcript =
                new State.InitTranscript(sent.request(), in.datagram(), sent.nonce(), nonceR);
        return IkeAuth.begin(sa, sent.child(), transcript, now, out);
    }

    /// The ticket that an IKE_SA is being taken up with.
    static Optional<Ticket> by(SaCore sa) {
        return sa.extensions()
                .resumability()
                .resumedBy()
                .filter(Resumability.By.Client.class::isInstance)
                .map(by -> ((Resumability.By.Client) by).ticket());
    }

    /// IKE_AUTH: both sides are who they were.
    static State sendAuth(
            SaCore sa,
            Ticket ticket,
            State.InitTranscript transcript,
            Optional<State.ChildOffer> offer,
            Instant now,
            Outbox out) {
        sa.identities(ticket.localId(), ticket.remoteId());
        sa.login(ticket.login());
        sa.replacement().reauthAt(ticket.reauthAt());
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.IdInitiator(ticket.localId()));
        payloads.add(new Payload.IdResponder(ticket.remoteId()));
        payloads.add(proof(sa, transcript, true));
        payloads.addAll(CrashDetection.token(sa, sa.ownSpi()));
        IkeAuth.addFirst(sa, offer, payloads, out);
        sa.sendSealedRequest(ExchangeType.IKE_AUTH, payloads, now, out);
        return new State.AuthSent(transcript, offer, State.OwnRounds.NONE);
    }

    /// AUTH of one side (§5.1).
    static Payload.Authentication proof(
            SaCore sa, State.InitTranscript transcript, boolean ofInitiator) {
        Identification id = sa.isInitiator() == ofInitiator ? sa.localId() : sa.remoteId();
        byte[] skP = sa.keys().skP(ofInitiator);
        Bytes data =
                PskAuth.resumed(
                        sa.suite().prf(),
                        skP,
                        ofInitiator ? transcript.request() : transcript.response(),
                        ofInitiator ? transcript.nonceR() : transcript.nonceI(),
                        id);
        Arrays.fill(skP, (byte) 0);
        return new Payload.Authentication(PskRound.METHOD, data);
    }

    static boolean proves(
            SaCore sa,
            State.InitTranscript transcript,
            boolean ofInitiator,
            Payload.Authentication received) {
        return received.method() == PskRound.METHOD
                && MessageDigest.isEqual(
                        proof(sa, transcript, ofInitiator).data().toArray(),
                        received.data().toArray());
    }

    /// The answer of IKE_AUTH.
    static IkeAuth.Verdict judge(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Outbox out) {
        var idr = IkeMessage.first(payloads, Payload.IdResponder.class);
        var auth = IkeMessage.first(payloads, Payload.Authentication.class);
        if (auth.isEmpty()) {
            return new IkeAuth.Verdict.NotResumed();
        }
        boolean genuine =
                idr.filter(id -> id.id().equals(sa.remoteId())).isPresent()
                        && proves(sa, sent.transcript(), false, auth.get());
        if (!genuine) {
            return IkeAuth.failed("peer does not know the keys of the session");
        }
        out.log(
                sa,
                Group.IKE,
                1,
                "authentication of '%s' by its session successful",
                sa.remoteId());
        return IkeAuth.authentic(sa, sent, payloads, out);
    }

    /// Sets the IKE_SA up in full, as another one: the gateway may still have this one half open.
    static State fullSetUp(SaCore sa, String why, Outbox out) {
        out.log(sa, Group.IKE, 0, "session not resumed, setting the IKE_SA up anew: %s", why);
        sa.requests().withdraw();
        boolean tcp = sa.remote().tcp(); // what was found out of the network goes along
        var local = new Endpoint(sa.local().address(), sa.connection().localPort(), tcp);
        var remote = new Endpoint(sa.remote().address(), sa.connection().remotePort(), tcp);
        SaCore next = Successor.elsewhere(sa, local, remote, out);
        next.extensions().redirections().from(sa.extensions().redirections().from());
        out.adopt(IkeSa.initiate(next, next.wantedChild(), out));
        return new State.Closed(Reason.Plain.NOT_RESUMED);
    }

    private Resumption() {}
}
