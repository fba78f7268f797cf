package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.OwnExchange.IkeDraft;
import org.keyferry.engine.sa.PeersExchange;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Successor;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TransformType;
import org.keyferry.wire.Violation;

/// Rekeying of the IKE_SA as initiator (RFC 7296 §1.3.2, §2.18); the responder's side is
/// [RekeyIkeAnswer], what both do with the new IKE_SA is [Succession].
public final class RekeyIke {
    private static final String EXCHANGE = "CREATE_CHILD_SA";

    static Established begin(SaCore sa, Established up, Task.RekeyIke task, Outbox out) {
        int former = sa.suite().keId();
        List<Proposal> proposals = sa.connection().proposals();
        boolean again =
                sa.settings().renewal().preferPreviousDhGroup()
                        && ProposalSelection.offersMethod(proposals, former);
        var draft =
                new IkeDraft(
                        task.requestId(),
                        again ? former : ProposalSelection.firstMethod(proposals),
                        KeyOffer.nonce(sa),
                        sa.lookup().newSpi(),
                        0);
        return makeKey(sa, up, draft, out);
    }

    private static Established makeKey(SaCore sa, Established up, IkeDraft draft, Outbox out) {
        out.compute(sa, Lane.OWN, KeyOffer.making(sa, draft.methodId()));
        return up.with(new OwnExchange.MakingIkeKey(draft));
    }

    /// Our key, or the keys of the new IKE_SA, are there.
    public static State onComputed(
            SaCore sa,
            Established up,
            OwnExchange.OfIke exchange,
            Computation result,
            Instant now,
            Outbox out) {
        return switch (exchange) {
            case OwnExchange.MakingIkeKey(var draft)
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    send(sa, up, draft, key, now, out);
            case OwnExchange.DerivingIke deriving
                    when result instanceof Computation.KeysReady(var keys, _) ->
                    ready(sa, up, deriving, keys, now, out);
            case OwnExchange.FollowingIke own
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    IkeFollowupKe.send(sa, up, own, key, now, out);
            case OwnExchange.FollowingIke own
                    when result instanceof Computation.SecretReady(var secret, _) ->
                    goOn(
                            sa,
                            up,
                            own.shared().isEmpty()
                                    ? own.withShared(secret)
                                    : own.with(own.progress().with(secret)),
                            out);
            case OwnExchange.FollowingIke own
                    when result instanceof Computation.Unusable(var violation) -> {
                own.close();
                yield fail(
                        sa, up, own.draft(), new Reason.PeerBroke(EXCHANGE, violation), now, out);
            }
            case OwnExchange.DerivingIke(var draft, _, _)
                    when result instanceof Computation.Unusable(var violation) ->
                    fail(sa, up, draft, new Reason.PeerBroke(EXCHANGE, violation), now, out);
            default -> throw new IllegalStateException("a result that nobody asked for");
        };
    }

    private static State send(
            SaCore sa, Established up, IkeDraft draft, LocalKey key, Instant now, Outbox out) {
        Bytes spi = draft.spi().bytes();
        var proposals =
                IkeSaInit.numbered(sa.connection().proposals()).stream()
                        .map(p -> p.withSpi(spi))
                        .toList();
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.SecurityAssociation(proposals));
        payloads.add(new Payload.Nonce(draft.nonce()));
        payloads.add(new Payload.KeyExchange(draft.methodId(), key.publicValue()));
        payloads.addAll(CrashDetection.token(sa, draft.spi()));
        out.log(sa, Group.IKE, 1, "initiating rekeying of IKE_SA %s[%d]", sa.name(), sa.uniqueId());
        sa.sendSealedRequest(ExchangeType.CREATE_CHILD_SA, payloads, now, out);
        return up.with(new OwnExchange.IkeAsked(draft, key));
    }

    public static State onResponse(
            SaCore sa,
            Established up,
            OwnExchange.IkeAsked asked,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        var draft = asked.draft();
        Optional<Payload.Notify> error = IkeAuth.firstError(payloads);
        if (error.isPresent()) {
            asked.key().close();
            return onError(sa, up, draft, error.get(), now, out);
        }
        var chosen = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        Optional<Proposal> proposal =
                chosen.flatMap(
                        c ->
                                ProposalSelection.confirm(
                                                sa.connection().proposals(), c.proposals(), false)
                                        .proposal());
        Optional<IkeSpi> peerSpi = proposal.flatMap(p -> spi(p.spi()));
        boolean sameMethod =
                proposal.filter(p -> methodOf(p) == draft.methodId()).isPresent()
                        && key.filter(k -> k.methodId() == draft.methodId()).isPresent();
        if (peerSpi.isEmpty() || nonce.isEmpty() || !sameMethod) {
            asked.key().close();
            var why = new Reason.PeerBroke(EXCHANGE, new Violation.Malformed("IKE rekeying", 0));
            return fail(sa, up, draft, why, now, out);
        }
        SaCore successor = Successor.rekeyed(sa, true, draft.spi());
        successor.peerSpi(peerSpi.get());
        successor.chosen(proposal.get());
        CrashDetection.read(successor, payloads);
        Bytes nonceR = nonce.get().data();
        IkeFollowupKe.Plan plan = IkeFollowupKe.plan(proposal.get(), payloads);
        if (plan.wrong().isPresent()) {
            asked.key().close();
            return fail(sa, up, draft, plan.wrong().get(), now, out);
        }
        if (!plan.progress().methods().isEmpty()) {
            out.compute(
                    sa,
                    Lane.OWN,
                    new ComputeJob.Finish(draft.methodId(), asked.key(), key.get().publicValue()));
            return up.with(
                    new OwnExchange.FollowingIke(
                            draft,
                            successor,
                            nonceR,
                            Optional.empty(),
                            plan.progress(),
                            Optional.empty()));
        }
        var job =
                new ComputeJob.CompleteRekey(
                        draft.methodId(),
                        asked.key(),
                        key.get().publicValue(),
                        succession(sa, successor, draft.nonce(), nonceR, none()));
        out.compute(sa, Lane.OWN, job);
        return up.with(new OwnExchange.DerivingIke(draft, successor, nonceR));
    }

    /// A secret of the key exchanges is there: does the next one, or makes keys of them.
    private static State goOn(SaCore sa, Established up, OwnExchange.FollowingIke own, Outbox out) {
        if (!own.progress().done()) {
            return IkeFollowupKe.makeKey(sa, up, own, out);
        }
        var succession =
                succession(
                        sa,
                        own.successor(),
                        own.draft().nonce(),
                        own.nonceR(),
                        own.progress().joined());
        out.compute(sa, Lane.OWN, new ComputeJob.Rekey(own.shared().orElseThrow(), succession));
        return up.with(new OwnExchange.DerivingIke(own.draft(), own.successor(), own.nonceR()));
    }

    static Secret none() {
        return Secret.owned(new byte[0]);
    }

    static int methodOf(Proposal chosen) {
        return chosen.ofType(TransformType.KE).getFirst().id();
    }

    static Optional<IkeSpi> spi(Bytes bytes) {
        return bytes.length() == IkeSpi.LENGTH_BYTES
                ? Optional.of(new IkeSpi(bytes.asBuffer().getLong()))
                        .filter(spi -> !spi.equals(IkeSpi.ZERO))
                : Optional.empty();
    }

    static ComputeJob.Succession succession(
            SaCore sa, SaCore successor, Bytes nonceI, Bytes nonceR, Secret additional) {
        return new ComputeJob.Succession(
                sa.suite().prf(),
                Secret.owned(sa.keys().skD()),
                successor.suite(),
                nonceI,
                nonceR,
                additional,
                successor.initiatorSpi(),
                successor.responderSpi());
    }

    private static State onError(
            SaCore sa,
            Established up,
            IkeDraft draft,
            Payload.Notify error,
            Instant now,
            Outbox out) {
        int type = error.notifyType();
        out.log(sa, Group.IKE, 1, "received %s notify error", NotifyType.name(type));
        if (type == NotifyType.INVALID_KE_PAYLOAD) {
            OptionalInt other =
                    KeyOffer.detour(
                            error, draft.methodId(), draft.detours(), sa.connection().proposals());
            if (other.isPresent()) {
                var next = draft.withMethod(other.getAsInt(), KeyOffer.nonce(sa));
                return makeKey(sa, up, next, out);
            }
        }
        boolean cannot =
                type == NotifyType.NO_ADDITIONAL_SAS || type == NotifyType.NO_PROPOSAL_CHOSEN;
        if (cannot && up.rival().isEmpty()) {
            out.log(sa, Group.IKE, 1, "peer does not rekey IKE_SAs, reauthenticating instead");
            sa.currentTask(null);
            Informational.done(draft.requestId(), Optional.empty(), out);
            Reauthentication.begin(sa, up.withoutOwn(), out);
            return up.withoutOwn();
        }
        return fail(sa, up, draft, new Reason.PeerRefused(EXCHANGE, type, ""), now, out);
    }

    private static State ready(
            SaCore sa,
            Established up,
            OwnExchange.DerivingIke own,
            IkeKeys keys,
            Instant now,
            Outbox out) {
        own.successor().keys(keys);
        var ready = new OwnExchange.IkeReady(own.draft(), own.successor(), own.nonceR());
        return up.peers().orElse(null) instanceof PeersExchange.PeersIke
                ? up.with(ready)
                : Succession.settle(sa, up, ready, now, out);
    }

    /// If the peer did the same meanwhile, its IKE_SA takes over; else there is another try.
    static State fail(
            SaCore sa, Established up, IkeDraft draft, Reason why, Instant now, Outbox out) {
        sa.currentTask(null);
        Informational.done(draft.requestId(), Optional.of(why), out);
        if (up.rival().isPresent()) {
            return Succession.yieldToRival(sa, up.withoutOwn(), up.rival().get(), now, out);
        }
        Duration delay = sa.retryDelay();
        sa.replacement().rekeyAt(now.plus(delay));
        out.log(
                sa,
                Group.IKE,
                0,
                "IKE_SA %s[%d] rekeying failed, trying again in %d seconds: %s",
                sa.name(),
                sa.uniqueId(),
                delay.toSeconds(),
                why);
        return up.withoutOwn();
    }

    private RekeyIke() {}
}
