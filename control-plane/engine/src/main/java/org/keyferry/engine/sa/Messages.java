package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.SkProtection.Chain;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Dropped.Cause;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.Tally;
import org.keyferry.engine.exchange.BackToUdp;
import org.keyferry.engine.exchange.CrashDetection;
import org.keyferry.engine.exchange.CreateChild;
import org.keyferry.engine.exchange.CreateChildAnswer;
import org.keyferry.engine.exchange.IkeFollowupKe;
import org.keyferry.engine.exchange.IkeFollowupKeAnswer;
import org.keyferry.engine.exchange.IkeIntermediate;
import org.keyferry.engine.exchange.IkeIntermediateAnswer;
import org.keyferry.engine.exchange.IkeSaInit;
import org.keyferry.engine.exchange.Informational;
import org.keyferry.engine.exchange.PathChoice;
import org.keyferry.engine.exchange.RekeyIke;
import org.keyferry.engine.exchange.Resumption;
import org.keyferry.engine.exchange.SetUp;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Violation;

/// One message of the peer for an IKE_SA: windows, protection, and the exchange that it belongs to.
final class Messages {
    private final SaCore core;
    private final State state;
    private final SaInput.Received in;
    private final Instant now;
    private final Outbox out;

    Messages(SaCore core, State state, SaInput.Received in, Instant now, Outbox out) {
        this.core = core;
        this.state = state;
        this.in = in;
        this.now = now;
        this.out = out;
    }

    State onResponse() {
        boolean usable =
                state instanceof State.Established
                        || state instanceof State.Deleting
                        || state instanceof State.Rekeyed;
        if (usable && CrashDetection.proves(core, in)) {
            out.log(core, Group.IKE, 0, "peer has lost the IKE_SA, as its token proves");
            return new State.Closed(
                    state instanceof State.Deleting(Reason reason)
                            ? reason
                            : Reason.Plain.PEER_RESTARTED);
        }
        if (state instanceof State.Closed
                || !core.requests().expects(in.header().messageId(), in.header().exchangeType())) {
            return dropped(Cause.NOT_EXPECTED);
        }
        if (state instanceof State.ResumeSent sent) {
            countReceived();
            return Resumption.onResponse(core, sent, in, now, out);
        }
        if (state instanceof State.InitSent sent) {
            countReceived();
            return IkeSaInit.onResponse(core, sent, in, now, out);
        }
        Optional<Chain> chain;
        List<Payload> payloads;
        try {
            chain = Sealing.openChain(core, in, now, out);
            payloads = chain.isPresent() ? Sealing.decode(chain.get()) : List.of();
        } catch (PeerViolation e) {
            return onBadResponse(e.violation());
        }
        if (chain.isEmpty()) {
            return state;
        }
        core.heard(now);
        countReceived();
        Roaming.follow(core, state, in.local(), in.remote(), out);
        PathChoice.onAnswer(core, state, in.local(), in.remote(), out);
        BackToUdp.onAnswer(core, in.local(), in.remote());
        core.requests().answered();
        return switch (state) {
            case State.RoundSent sent ->
                    IkeIntermediate.onResponse(core, sent, payloads, chain.get(), in, out);
            case State.AuthSent sent -> SetUp.onAuthResponse(core, sent, payloads, now, out);
            case State.Established up
                    when up.own().orElse(null) instanceof OwnExchange.ChildAsked asked ->
                    CreateChild.onResponse(core, up, asked, payloads, now, out);
            case State.Established up
                    when up.own().orElse(null) instanceof OwnExchange.Following own ->
                    IkeFollowupKe.onResponse(core, up, own, payloads, now, out);
            case State.Established up
                    when up.own().orElse(null) instanceof OwnExchange.IkeAsked asked ->
                    RekeyIke.onResponse(core, up, asked, payloads, now, out);
            case State.Established _, State.Deleting _ ->
                    Informational.onResponse(
                            core, state, payloads, IkeViews.of(core, state), now, out);
            default -> state;
        };
    }

    private void countReceived() {
        var header = in.header();
        core.lookup().tally().received(core.name(), header.exchangeType(), header.response());
    }

    private State onBadResponse(Violation violation) {
        core.lookup().tally().count(core.name(), Tally.Counter.INVALID);
        if (violation instanceof Violation.IntegrityFailed) {
            out.log(core, Group.ENC, 1, "integrity check failed, message ignored");
            return dropped(Cause.INTEGRITY);
        }
        String exchange = ExchangeType.name(in.header().exchangeType());
        out.log(core, Group.ENC, 0, "%s response is invalid: %s", exchange, violation);
        return new State.Closed(new Reason.PeerBroke(exchange + " response", violation));
    }

    State onRequest() {
        if (in.header().exchangeType() == ExchangeType.IKE_SA_INIT
                || in.header().exchangeType() == ExchangeType.IKE_SESSION_RESUME) {
            return onRepeatedInit();
        }
        if (core.keys() == null || state instanceof State.Closed) {
            return dropped(Cause.NOT_EXPECTED);
        }
        return switch (core.responses().judge(in.header().messageId())) {
            case OUT_OF_WINDOW -> {
                out.log(
                        core,
                        Group.IKE,
                        1,
                        "received message ID %d, expected %d, ignored",
                        in.header().messageId(),
                        core.responses().expectedId());
                yield dropped(Cause.MESSAGE_ID);
            }
            case IN_PROGRESS -> state;
            case REPEATED -> onRepeated();
            case NEW -> onNewRequest();
        };
    }

    /// The peer did not get our first response.
    private State onRepeatedInit() {
        if (state instanceof State.AwaitingAuth(var transcript, _)
                && transcript.request().equals(in.datagram())) {
            out.log(
                    core,
                    Group.IKE,
                    1,
                    "received retransmit of request with ID 0, retransmitting response");
            core.replyPath(in.local(), in.remote());
            core.reply(List.of(transcript.response()), now, out);
        }
        return state;
    }

    private State onRepeated() {
        try {
            if (!Sealing.asksAgain(core, in)) {
                return state;
            }
        } catch (PeerViolation e) {
            return dropped(Cause.INTEGRITY);
        }
        out.log(
                core,
                Group.IKE,
                1,
                "received retransmit of request with ID %d, retransmitting response",
                in.header().messageId());
        core.replyPath(in.local(), in.remote());
        core.reply(core.responses().lastResponse(), now, out);
        return state;
    }

    private State onNewRequest() {
        if (state instanceof State.Lingering) {
            return dropped(Cause.NOT_EXPECTED);
        }
        Optional<Chain> chain;
        List<Payload> payloads;
        try {
            chain = Sealing.openChain(core, in, now, out);
            payloads = chain.isPresent() ? Sealing.decode(chain.get()) : List.of();
        } catch (PeerViolation e) {
            return onBadRequest(e.violation());
        }
        if (chain.isEmpty()) {
            return state;
        }
        core.heard(now);
        countReceived();
        Roaming.follow(core, state, in.local(), in.remote(), out);
        core.replyPath(in.local(), in.remote());
        int type = in.header().exchangeType();
        return switch (state) {
            case State.AwaitingAuth waiting
                    when type == ExchangeType.IKE_INTERMEDIATE
                            && IkeIntermediateAnswer.isExpected(core, waiting) ->
                    IkeIntermediateAnswer.onRequest(
                            core, waiting, payloads, chain.get(), in, now, out);
            case State.AwaitingAuth waiting
                    when type == ExchangeType.IKE_AUTH
                            && !IkeIntermediateAnswer.isExpected(core, waiting) ->
                    SetUp.onAuthRequest(core, waiting, payloads, in, now, out);
            case State.AwaitingMoreAuth waiting when type == ExchangeType.IKE_AUTH ->
                    SetUp.onFurtherAuth(core, waiting, payloads, now, out);
            case State.Established _, State.Rekeyed _, State.Deleting _ ->
                    onEstablishedRequest(type, payloads);
            case State.AwaitingAuth _, State.AwaitingMoreAuth _
                    when type != ExchangeType.INFORMATIONAL -> {
                // who wants something before we know who it is gets no second chance
                out.tell(new Event.Dropped(Cause.NOT_EXPECTED));
                yield new State.Closed(
                        new Reason.PeerBroke(
                                ExchangeType.name(type) + " before IKE_AUTH",
                                new Violation.Malformed("exchange type", 0)));
            }
            default -> dropped(Cause.NOT_EXPECTED);
        };
    }

    private State onEstablishedRequest(int type, List<Payload> payloads) {
        return switch (type) {
            case ExchangeType.INFORMATIONAL ->
                    Informational.onRequest(
                            core,
                            state,
                            payloads,
                            in.local(),
                            in.remote(),
                            IkeViews.of(core, state),
                            now,
                            out);
            case ExchangeType.IKE_FOLLOWUP_KE ->
                    IkeFollowupKeAnswer.onRequest(core, state, payloads, now, out);
            case ExchangeType.CREATE_CHILD_SA ->
                    CreateChildAnswer.onRequest(core, state, payloads, now, out);
            default -> {
                core.sendSealedResponse(
                        type, List.of(Payload.Notify.of(NotifyType.INVALID_SYNTAX)), now, out);
                yield state;
            }
        };
    }

    private State onBadRequest(Violation violation) {
        core.lookup().tally().count(core.name(), Tally.Counter.INVALID);
        if (violation instanceof Violation.IntegrityFailed) {
            out.log(core, Group.ENC, 1, "integrity check failed, message ignored");
            return dropped(Cause.INTEGRITY);
        }
        String exchange = ExchangeType.name(in.header().exchangeType());
        out.log(core, Group.ENC, 0, "%s request is invalid: %s", exchange, violation);
        core.replyPath(in.local(), in.remote());
        if (violation instanceof Violation.UnknownCritical(int payloadType)) {
            var answer =
                    Payload.Notify.of(
                            NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, Bytes.ofU8(payloadType));
            core.sendSealedResponse(in.header().exchangeType(), List.of(answer), now, out);
            return state instanceof State.AwaitingAuth || state instanceof State.AwaitingMoreAuth
                    ? Informational.linger(core, new Reason.PeerBroke(exchange, violation), now)
                    : state;
        }
        core.sendSealedResponse(
                in.header().exchangeType(),
                List.of(Payload.Notify.of(NotifyType.INVALID_SYNTAX)),
                now,
                out);
        return Informational.linger(core, new Reason.PeerBroke(exchange, violation), now);
    }

    private State dropped(Cause cause) {
        out.tell(new Event.Dropped(cause));
        return state;
    }
}
