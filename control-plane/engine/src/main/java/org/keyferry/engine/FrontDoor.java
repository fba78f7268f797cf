package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.engine.Event.Dropped.Cause;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.PuzzleBook.Challenge;
import org.keyferry.engine.exchange.IkeSaInitAnswer;
import org.keyferry.engine.exchange.IkeSaInitAnswer.Judgement;
import org.keyferry.engine.exchange.ResumptionAnswer;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.settings.model.Admission;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Violation;

/// Where strangers knock: first requests, cookies and the limits of half-open SAs (RFC 7296 §2.6).
/// A refusal costs no state.
final class FrontDoor {
    private static final int MAJOR_VERSION = 2;
    private static final Duration ALERT = Duration.ofSeconds(10);
    private static final int ADDRESS_BUCKETS = 32;

    /// What a first request turned out to be.
    sealed interface Arrival {
        record Fresh(IkeSa sa) implements Arrival {}

        /// A request that a half-open SA has answered before.
        record Repeated(IkeSpi sa, SaInput.Received in) implements Arrival {}
    }

    private record Visitor(Endpoint remote, IkeSpi initiator) {}

    private final SaCore.Context context;
    private final CookieJar cookies;
    private final PuzzleBook puzzleBook;
    private final Reconnects reconnects;
    private final Map<Visitor, IkeSa> halfOpen = new HashMap<>();
    private final Map<IpAddress, Integer> halfOpenByAddress = new HashMap<>();
    private final Repeated asking = new Repeated();
    private final Instant[] suspicious = new Instant[ADDRESS_BUCKETS];
    private Instant alert = Instant.MIN;

    FrontDoor(SaCore.Context context) {
        Arrays.fill(suspicious, Instant.MIN);
        this.context = context;
        this.cookies = new CookieJar(context.random());
        this.puzzleBook = new PuzzleBook(context);
        this.reconnects = new Reconnects(context.settings().admission().reconnectLimit());
    }

    int halfOpenCount() {
        return halfOpen.size();
    }

    /// A peer is let in for good.
    void arrived(SaCore sa, Instant now, Outbox out) {
        reconnects.arrived(sa.peerName(), sa.remote().address(), now, out);
    }

    void index(IkeSa halfOpenSa, Endpoint remote, IkeSpi initiator) {
        halfOpen.put(new Visitor(remote, initiator), halfOpenSa);
        halfOpenByAddress.merge(remote.address(), 1, Integer::sum);
        context.ids().census().countHalfOpen(1);
    }

    void unindex(Endpoint remote, IkeSpi initiator) {
        halfOpen.remove(new Visitor(remote, initiator));
        halfOpenByAddress.computeIfPresent(remote.address(), (_, n) -> n == 1 ? null : n - 1);
        context.ids().census().countHalfOpen(-1);
    }

    Optional<Arrival> onInit(
            Instant now, SaInput.Received in, Outbox out, Supplier<IkeSpi> newSpi) {
        IkeHeader header = in.header();
        if (header.majorVersion() > MAJOR_VERSION && !header.response()) {
            answer(in, Payload.Notify.of(NotifyType.INVALID_MAJOR_VERSION), out);
            return dropped(Cause.MALFORMED, out);
        }
        boolean resumes = header.exchangeType() == ExchangeType.IKE_SESSION_RESUME;
        if ((header.exchangeType() != ExchangeType.IKE_SA_INIT && !resumes)
                || header.response()
                || !header.fromInitiator()
                || header.messageId() != 0
                || header.majorVersion() != MAJOR_VERSION
                || header.initiatorSpi().equals(IkeSpi.ZERO)) {
            return dropped(Cause.NOT_EXPECTED, out);
        }
        IkeSa known = halfOpen.get(new Visitor(in.remote(), header.initiatorSpi()));
        if (known != null) {
            return Optional.of(new Arrival.Repeated(known.core().ownSpi(), in));
        }
        Optional<Cause> full = full();
        if (full.isPresent()) {
            return dropped(full.get(), out);
        }
        if (reconnects.holdsBack(in.remote().address(), now, out)) {
            return dropped(Cause.RECONNECT, out);
        }
        int fromAddress = halfOpenByAddress.getOrDefault(in.remote().address(), 0);
        int block = context.settings().blockThreshold();
        if (block > 0 && fromAddress >= block) {
            return dropped(Cause.HALF_OPEN_LIMIT, out);
        }
        List<Payload> payloads;
        try {
            payloads = IkeMessage.decode(in.datagram()).payloads();
        } catch (PeerViolation e) {
            context.lookup().tally().count("", Tally.Counter.INVALID);
            return onMalformed(in, e.violation(), out);
        }
        context.lookup().tally().received("", header.exchangeType(), false);
        boolean suspects = needsCookie(now, in.remote().address(), fromAddress);
        // of those who have a ticket no work is wanted (RFC 8019 §6.1)
        if (puzzleBook.isOpen(now) && !resumes) {
            return puzzle(now, in, payloads, out, newSpi);
        }
        // who has opened a connection is where it says (RFC 9329 §6.3); and what is without a nonce
        // is refused by less than a cookie
        boolean doubtful = suspects && !in.remote().tcp() && !nonce(payloads).isEmpty();
        return doubtful && shownChallenge(now, in, payloads).isEmpty()
                ? askForCookie(now, in, payloads, out)
                : resumes
                        ? resume(now, in, payloads, out, newSpi)
                        : judge(in, payloads, out, newSpi);
    }

    /// Puzzles are given, over TCP too: not only addresses are in doubt (RFC 8019 §7.1.4, §7.1.5).
    private Optional<Arrival> puzzle(
            Instant now,
            SaInput.Received in,
            List<Payload> payloads,
            Outbox out,
            Supplier<IkeSpi> newSpi) {
        Optional<Challenge> shown = shownChallenge(now, in, payloads);
        if (shown.isPresent()) {
            Bytes cookie = shownCookie(payloads).orElseThrow();
            if (puzzleBook.isSolved(shown.get(), cookie, payloads)) {
                Optional<Arrival> arrival = judge(in, payloads, out, newSpi);
                arrival.ifPresent(_ -> puzzleBook.spend(cookie, now));
                return arrival;
            }
            if (puzzleBook.isLucky()) {
                return judge(in, payloads, out, newSpi);
            }
            if (shown.get().isPuzzle()) {
                return dropped(Cause.UNSOLVED, out);
            }
        }
        return puzzleBook
                .challenge(payloads)
                .map(challenge -> askForSolution(now, in, payloads, challenge, out))
                .orElseGet(() -> judge(in, payloads, out, newSpi));
    }

    /// Whether nobody is let in, and why.
    private Optional<Cause> full() {
        Admission admission = context.settings().admission();
        Census census = context.ids().census();
        if (admission.initiatorOnly()) {
            return Optional.of(Cause.NOT_EXPECTED);
        }
        int mostHalfOpen = admission.initLimitHalfOpen();
        if (mostHalfOpen > 0 && census.halfOpen() >= mostHalfOpen) {
            return Optional.of(Cause.HALF_OPEN_LIMIT);
        }
        int mostSas = admission.ikesaLimit();
        return mostSas > 0 && census.established() >= mostSas
                ? Optional.of(Cause.SA_LIMIT)
                : Optional.empty();
    }

    private Optional<Arrival> onMalformed(SaInput.Received in, Violation violation, Outbox out) {
        out.log(Group.ENC, 1, "IKE_SA_INIT request from %s is invalid: %s", in.remote(), violation);
        if (violation instanceof Violation.UnknownCritical(int payloadType)) {
            answer(
                    in,
                    Payload.Notify.of(
                            NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, Bytes.ofU8(payloadType)),
                    out);
        }
        return dropped(Cause.MALFORMED, out);
    }

    /// Cookies are asked for until some seconds after a threshold was last reached.
    private boolean needsCookie(Instant now, IpAddress address, int fromAddress) {
        int total = context.settings().cookieThreshold();
        int each = context.settings().cookieThresholdIp();
        int bucket = Math.floorMod(address.hashCode(), suspicious.length);
        if (total > 0 && context.ids().census().halfOpen() >= total) {
            alert = now.plus(ALERT);
        }
        if (each > 0 && fromAddress >= each) {
            suspicious[bucket] = now.plus(ALERT);
        }
        return now.isBefore(alert) || now.isBefore(suspicious[bucket]);
    }

    private static Optional<Bytes> shownCookie(List<Payload> payloads) {
        return payloads.stream()
                .findFirst()
                .filter(Payload.Notify.class::isInstance)
                .map(Payload.Notify.class::cast)
                .filter(n -> n.notifyType() == NotifyType.COOKIE)
                .map(Payload.Notify::data);
    }

    /// What its cookie says; empty if it shows none that is valid.
    private Optional<Challenge> shownChallenge(
            Instant now, SaInput.Received in, List<Payload> payloads) {
        IkeSpi initiator = in.header().initiatorSpi();
        return shownCookie(payloads)
                .flatMap(c -> cookies.read(now, c, in.remote(), initiator, nonce(payloads)));
    }

    private Optional<Arrival> askForCookie(
            Instant now, SaInput.Received in, List<Payload> payloads, Outbox out) {
        out.log(
                Group.NET,
                asking.level(now),
                "asking %s for a cookie%s",
                in.remote(),
                asking.before());
        answer(in, cookie(now, in, payloads, Challenge.NONE), out);
        return Optional.empty();
    }

    private Optional<Arrival> askForSolution(
            Instant now,
            SaInput.Received in,
            List<Payload> payloads,
            Challenge challenge,
            Outbox out) {
        out.log(
                Group.NET,
                asking.level(now),
                "asking %s to solve a puzzle of %d bits%s",
                in.remote(),
                challenge.zeroBits(),
                asking.before());
        answer(
                in,
                List.of(
                        cookie(now, in, payloads, challenge),
                        Payload.Notify.of(
                                NotifyType.PUZZLE,
                                Bytes.ofU16(challenge.prfId())
                                        .concat(Bytes.ofU8(challenge.zeroBits())))),
                out);
        return Optional.empty();
    }

    private Payload.Notify cookie(
            Instant now, SaInput.Received in, List<Payload> payloads, Challenge challenge) {
        return Payload.Notify.of(
                NotifyType.COOKIE,
                cookies.bake(
                        now, in.remote(), in.header().initiatorSpi(), nonce(payloads), challenge));
    }

    private static Bytes nonce(List<Payload> payloads) {
        return IkeMessage.first(payloads, Payload.Nonce.class)
                .map(Payload.Nonce::data)
                .orElse(Bytes.EMPTY);
    }

    private Optional<Arrival> judge(
            SaInput.Received in, List<Payload> payloads, Outbox out, Supplier<IkeSpi> newSpi) {
        return switch (IkeSaInitAnswer.judge(
                context.lookup().configuration(), context.settings(), in, payloads)) {
            case Judgement.Refused(var notify, var reason) -> {
                // charon counts what it refuses, and people count on the numbers that follow
                var _ = context.ids().nextIke();
                reason.ifPresent(why -> out.log(Group.IKE, 0, "refusing %s: %s", in.remote(), why));
                answer(in, notify, out);
                yield Optional.empty();
            }
            case Judgement.Redirected(var notify, var connection, var target) -> {
                out.log(
                        Group.IKE,
                        0,
                        "redirecting %s to %s, '%s'",
                        in.remote(),
                        target,
                        connection);
                answer(in, notify, out);
                yield Optional.empty();
            }
            case Judgement.Acceptable acceptable -> {
                var core = fresh(acceptable.connection(), in, newSpi);
                yield Optional.of(
                        new Arrival.Fresh(IkeSa.answer(core, acceptable, in, payloads, out)));
            }
        };
    }

    private Optional<Arrival> resume(
            Instant now,
            SaInput.Received in,
            List<Payload> payloads,
            Outbox out,
            Supplier<IkeSpi> newSpi) {
        return switch (ResumptionAnswer.judge(
                context.lookup().configuration(), context.ids().ticketKeys(), in, payloads, now)) {
            case ResumptionAnswer.Judgement.Refused(var notify, String why) -> {
                out.log(Group.IKE, 0, "session of %s not resumed: %s", in.remote(), why);
                answer(in, notify, out);
                yield Optional.empty();
            }
            case ResumptionAnswer.Judgement.Acceptable acceptable -> {
                var core = fresh(acceptable.connection(), in, newSpi);
                yield Optional.of(
                        new Arrival.Fresh(IkeSa.resume(core, acceptable, in, payloads, now, out)));
            }
        };
    }

    private SaCore fresh(Connection connection, SaInput.Received in, Supplier<IkeSpi> newSpi) {
        return SaCore.fresh(context, false, newSpi.get(), connection, in.local(), in.remote());
    }

    /// An unprotected answer; not larger than what asked for it but for a cookie.
    private void answer(SaInput.Received in, Payload.Notify notify, Outbox out) {
        answer(in, List.of(notify), out);
    }

    private void answer(SaInput.Received in, List<Payload> notifies, Outbox out) {
        Bytes datagram =
                IkeMessage.encode(
                        in.header().initiatorSpi(),
                        IkeSpi.ZERO,
                        in.header().exchangeType(),
                        false,
                        true,
                        in.header().messageId(),
                        notifies);
        boolean marked = in.local().port() != context.settings().port();
        context.lookup().tally().sent("", in.header().exchangeType(), true);
        out.send(in.local(), in.remote(), datagram, marked, 0);
    }

    private static Optional<Arrival> dropped(Cause cause, Outbox out) {
        out.tell(new Event.Dropped(cause));
        return Optional.empty();
    }
}
