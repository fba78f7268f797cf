package org.keyferry.engine.exchange;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Session;
import org.keyferry.engine.TicketKeys;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.sa.Login;
import org.keyferry.engine.sa.Resumability;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Session resumption as gateway (RFC 5723). All that is remembered of a session is in its ticket;
/// nothing is remembered of who shows one before that one has proved to know its keys.
public final class ResumptionAnswer {

    // -- tickets --

    /// What a request for a ticket is answered with; nothing if there is none.
    static List<Payload> ticket(SaCore sa, List<Payload> payloads, Outbox out) {
        if (IkeMessage.notify(payloads, NotifyType.TICKET_REQUEST).isEmpty()) {
            return List.of();
        }
        Instant now = sa.now();
        Instant reauthAt = sa.replacement().reauthBy();
        if (!grants(sa) || !now.isBefore(reauthAt)) {
            return List.of(Payload.Notify.of(NotifyType.TICKET_NACK));
        }
        Instant most = now.plus(TicketKeys.LIFETIME);
        Instant expires = reauthAt.isBefore(most) ? reauthAt : most;
        try (Secret skD = Secret.owned(sa.keys().skD())) {
            var session =
                    new Session(
                            reauthAt,
                            sa.name(),
                            fingerprint(sa.connection()),
                            sa.localId(),
                            sa.remoteId(),
                            sa.login().eapIdentity(),
                            sa.extensions().ppkUsed(),
                            sa.proposal(),
                            skD);
            var sealed = sa.ids().ticketKeys().seal(session, expires, now, sa.random());
            sa.extensions()
                    .resumability()
                    .issued(Optional.of(new Resumability.Issued(sealed.id(), expires)));
            int seconds = (int) java.time.Duration.between(now, expires).toSeconds();
            out.log(sa, Group.IKE, 1, "giving the peer a session ticket for %ds", seconds);
            return List.of(
                    Payload.Notify.of(
                            NotifyType.TICKET_LT_OPAQUE,
                            Bytes.ofU32(seconds).concat(sealed.opaque())));
        }
    }

    /// Not where somebody else decides about the session, or more belongs to it than a ticket
    /// holds.
    private static boolean grants(SaCore sa) {
        Login login = sa.login();
        boolean byOthers =
                sa.connection().remote().stream()
                        .anyMatch(r -> r.eap().method() instanceof EapTerms.Method.Radius);
        EapFacts facts = login.facts();
        boolean bare =
                facts.groups().isEmpty()
                        && facts.addresses().isEmpty()
                        && facts.sessionTimeout().isEmpty()
                        && facts.classes().isEmpty()
                        && facts.idleTimeout().isEmpty()
                        && facts.interimInterval().isEmpty();
        return sa.connection().resumption()
                && !sa.mobility().decides()
                && !byOthers
                && bare
                && sa.addressBlocks().isEmpty();
    }

    /// In which a changed option shows.
    private static Bytes fingerprint(Connection connection) {
        String text = connection.with(connection.proposals(), List.of()).toString();
        try {
            return Bytes.wrapOwned(
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256", impossible);
        }
    }

    // -- the exchange --

    /// What an IKE_SESSION_RESUME request is worth.
    public sealed interface Judgement {
        /// @param nonce of the request
        record Acceptable(Connection connection, TicketKeys.Opened ticket, Bytes nonce)
                implements Judgement {}

        /// @param why for the log
        record Refused(Payload.Notify answer, String why) implements Judgement {}
    }

    public static Judgement judge(
            Configuration configuration,
            TicketKeys keys,
            SaInput.Received in,
            List<Payload> payloads,
            Instant now) {
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        var opaque = IkeMessage.notify(payloads, NotifyType.TICKET_OPAQUE);
        if (nonce.isEmpty() || opaque.isEmpty()) {
            return new Judgement.Refused(
                    Payload.Notify.of(NotifyType.INVALID_SYNTAX),
                    "request without nonce or ticket");
        }
        Optional<TicketKeys.Opened> ticket = keys.open(opaque.get().data(), now);
        if (ticket.isEmpty()) {
            return refused("unknown, expired or used ticket");
        }
        Session session = ticket.get().session();
        Optional<Connection> connection =
                configuration.matching(in.local(), in.remote()).stream()
                        .filter(c -> c.name().equals(session.connection()))
                        .filter(Connection::resumption)
                        .filter(c -> c.redirects().redirectInit().isEmpty())
                        .filter(c -> fingerprint(c).equals(session.fingerprint()))
                        .filter(c -> knowsKey(configuration, c, session))
                        .findFirst();
        if (connection.isEmpty()) {
            session.skD().close();
            return refused("connection '" + session.connection() + "' is not what it was");
        }
        return new Judgement.Acceptable(connection.get(), ticket.get(), nonce.get().data());
    }

    private static Judgement refused(String why) {
        return new Judgement.Refused(Payload.Notify.of(NotifyType.TICKET_NACK), why);
    }

    /// A peer whose shared key was taken away does not come in by an old ticket.
    private static boolean knowsKey(
            Configuration configuration, Connection connection, Session session) {
        return connection.remote().getLast().method() != AuthMethod.PSK
                || !configuration.sharedKeys(session.localId(), session.remoteId()).isEmpty();
    }

    /// Takes an acceptable request into a new SA, and answers it.
    public static State begin(
            SaCore sa,
            Judgement.Acceptable request,
            SaInput.Received in,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        Session session = request.ticket().session();
        out.log(
                sa,
                Group.IKE,
                0,
                "%s is resuming an IKE_SA %s[%d]",
                in.remote().address(),
                sa.name(),
                sa.uniqueId());
        sa.peerSpi(in.header().initiatorSpi());
        sa.chosen(session.proposal());
        IkeSaInit.detectNat(sa, in.header().initiatorSpi(), in.header().responderSpi(), payloads);
        Abilities.read(sa, payloads);
        VendorIds.read(sa, payloads);
        sa.peerSupport(PeerSupport.NONE.with(payloads));
        sa.responses().began();
        Bytes nonceR = KeyOffer.nonce(sa);
        sa.keys(
                IkeKeys.deriveResumed(
                        sa.suite(),
                        session.skD().array(),
                        request.nonce(),
                        nonceR,
                        sa.initiatorSpi(),
                        sa.responderSpi()));
        sa.extensions().ppkUsed(session.ppk());
        sa.extensions()
                .resumability()
                .resumedBy(
                        new Resumability.By.Gateway(
                                request.ticket().id(), request.ticket().expires(), session));
        sa.extensions().resumability().settled();
        var answer = new ArrayList<Payload>();
        answer.add(new Payload.Nonce(nonceR));
        if (sa.peerNatT()) {
            answer.addAll(IkeSaInit.natDetection(sa));
        }
        answer.addAll(Abilities.agreedAgain(sa));
        answer.addAll(VendorIds.own(sa));
        Bytes response =
                IkeMessage.encode(
                        sa.initiatorSpi(),
                        sa.responderSpi(),
                        ExchangeType.IKE_SESSION_RESUME,
                        false,
                        true,
                        0,
                        answer);
        sa.responses().answered(List.of(response));
        sa.lookup().tally().sent(sa.name(), ExchangeType.IKE_SESSION_RESUME, true);
        sa.send(response, now, out);
        Instant deadline = now.plus(sa.settings().halfOpenTimeout());
        out.timer(sa.ownSpi(), TimerQueue.Kind.HALF_OPEN, deadline);
        return new State.AwaitingAuth(
                new State.InitTranscript(in.datagram(), response, request.nonce(), nonceR),
                deadline);
    }

    /// The ticket that an IKE_SA is being taken up with.
    static Optional<Resumability.By.Gateway> by(SaCore sa) {
        return sa.extensions()
                .resumability()
                .resumedBy()
                .filter(Resumability.By.Gateway.class::isInstance)
                .map(Resumability.By.Gateway.class::cast);
    }

    /// The request of IKE_AUTH: the client has to prove that it knows the keys of the session, and
    /// to be who it was.
    static IkeAuthAnswer.Verdict judgeAuth(
            SaCore sa,
            Resumability.By.Gateway by,
            State.AwaitingAuth state,
            List<Payload> payloads,
            Outbox out) {
        Session session = by.session();
        sa.identities(session.localId(), session.remoteId());
        var idi = IkeMessage.first(payloads, Payload.IdInitiator.class);
        var auth = IkeMessage.first(payloads, Payload.Authentication.class);
        boolean genuine =
                idi.filter(id -> id.id().equals(session.remoteId())).isPresent()
                        && auth.filter(a -> Resumption.proves(sa, state.transcript(), true, a))
                                .isPresent();
        if (!genuine) {
            return IkeAuthAnswer.failed("peer does not know the keys of the session");
        }
        if (!sa.ids().ticketKeys().use(by.ticketId(), by.expires(), sa.now())) {
            return IkeAuthAnswer.failed("the ticket was used before");
        }
        out.log(
                sa,
                Group.IKE,
                1,
                "authentication of '%s' by its session successful",
                sa.remoteId());
        sa.login(new Login(session.eapIdentity(), EapFacts.NONE));
        sa.replacement().reauthAt(session.reauthAt());
        var request =
                new State.AuthRequest(
                        state.transcript(),
                        payloads,
                        payloads,
                        List.of(sa.connection()),
                        Optional.empty(),
                        State.PeersRounds.none(state.deadline()));
        return IkeAuthAnswer.answer(
                sa,
                request,
                List.of(
                        new Payload.IdResponder(sa.localId()),
                        Resumption.proof(sa, state.transcript(), false)),
                out);
    }

    private ResumptionAnswer() {}
}
