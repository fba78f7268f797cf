package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.FollowUps;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.PeersExchange;
import org.keyferry.engine.sa.PeersExchange.PeersChild;
import org.keyferry.engine.sa.PeersExchange.PeersIke;
import org.keyferry.engine.sa.PeersExchange.Pending;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// IKE_FOLLOWUP_KE as responder (RFC 9370 §2.2.4). What CREATE_CHILD_SA agreed on waits, for a
/// while, until the peer has begun all of them.
public final class IkeFollowupKeAnswer {
    private static final int LINK_BYTES = 16;

    /// What the response to CREATE_CHILD_SA says besides, if the peer is to go on.
    static List<Payload> invitation(Pending pending) {
        return List.of(IkeFollowupKe.linked(pending.progress().link()));
    }

    /// Waits for the peer's additional key exchanges.
    static Pending begin(SaCore sa, List<Integer> methods, Instant now, Outbox out) {
        Instant deadline = now.plus(sa.settings().halfOpenTimeout());
        out.timer(sa.ownSpi(), TimerQueue.Kind.FOLLOW_UP, deadline);
        var progress = FollowUps.of(methods, link(sa));
        return new Pending(progress, deadline, false, Optional.empty());
    }

    private static Bytes link(SaCore sa) {
        return Bytes.wrapOwned(sa.randomBytes(LINK_BYTES));
    }

    /// The request.
    public static State onRequest(
            SaCore sa, State state, List<Payload> payloads, Instant now, Outbox out) {
        sa.responses().began();
        Optional<Bytes> link = IkeFollowupKe.link(payloads);
        Optional<PeersExchange> waiting =
                state instanceof Established up
                        ? up.peers()
                                .filter(
                                        peers ->
                                                peers.pending()
                                                        .filter(p -> isMeant(p, link))
                                                        .isPresent())
                        : Optional.empty();
        if (waiting.isEmpty()) {
            return refuse(sa, state, NotifyType.STATE_NOT_FOUND, now, out);
        }
        Established up = (Established) state;
        Pending pending = waiting.get().pending().orElseThrow();
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        if (key.isEmpty() || key.get().methodId() != pending.progress().methodId()) {
            Established without = abandon(sa, up, out);
            return refuse(sa, without, NotifyType.INVALID_SYNTAX, now, out);
        }
        var method = AdditionalKeys.method(pending.progress().methodId());
        out.compute(
                sa,
                Lane.PEERS,
                new ComputeJob.Agree(
                        method, sa.randomSecret(method.entropyBytes()), key.get().publicValue()));
        return up.with(
                waiting.get()
                        .with(
                                new Pending(
                                        pending.progress(),
                                        pending.deadline(),
                                        true,
                                        Optional.empty())));
    }

    private static boolean isMeant(Pending pending, Optional<Bytes> link) {
        return !pending.working() && link.filter(pending.progress().link()::equals).isPresent();
    }

    private static State refuse(SaCore sa, State state, int notifyType, Instant now, Outbox out) {
        sa.sendSealedResponse(
                ExchangeType.IKE_FOLLOWUP_KE, List.of(Payload.Notify.of(notifyType)), now, out);
        return state;
    }

    /// The secret is there: invites to the next exchange, or completes what waited.
    static State onComputed(
            SaCore sa,
            Established up,
            PeersExchange peers,
            Computation result,
            Instant now,
            Outbox out) {
        if (!(result instanceof Computation.SecretReady(var secret, var publicValue))) {
            return refuse(sa, abandon(sa, up, out), NotifyType.INVALID_SYNTAX, now, out);
        }
        Pending pending = peers.pending().orElseThrow();
        FollowUps progress = pending.progress().with(secret);
        int methodId = pending.progress().methodId();
        if (!progress.done()) {
            FollowUps next = progress.with(link(sa));
            var payloads = new ArrayList<Payload>();
            payloads.add(new Payload.KeyExchange(methodId, publicValue));
            payloads.add(IkeFollowupKe.linked(next.link()));
            sa.sendSealedResponse(ExchangeType.IKE_FOLLOWUP_KE, payloads, now, out);
            return up.with(
                    peers.with(new Pending(next, pending.deadline(), false, Optional.empty())));
        }
        PeersExchange complete =
                peers.with(
                        new Pending(progress, pending.deadline(), true, Optional.of(publicValue)));
        return switch (complete) {
            case PeersChild child -> CreateChildAnswer.followedUp(sa, up, child, out);
            case PeersIke ike -> RekeyIkeAnswer.followedUp(sa, up, ike, out);
        };
    }

    /// Our last public value, once all is done.
    static void answer(SaCore sa, PeersExchange peers, Instant now, Outbox out) {
        Pending pending = peers.pending().orElseThrow();
        sa.sendSealedResponse(
                ExchangeType.IKE_FOLLOWUP_KE,
                List.of(
                        new Payload.KeyExchange(
                                pending.progress().methods().getLast(),
                                pending.publicValue().orElseThrow())),
                now,
                out);
    }

    /// The peer has had its time.
    public static State expire(SaCore sa, Established up, Instant now, Outbox out) {
        boolean late =
                up.peers()
                        .flatMap(PeersExchange::pending)
                        .filter(p -> !p.working() && !now.isBefore(p.deadline()))
                        .isPresent();
        if (!late) {
            return up;
        }
        out.log(sa, Group.IKE, 1, "peer did not complete its additional key exchanges");
        Established without = abandon(sa, up, out);
        return without.own().orElse(null) instanceof OwnExchange.IkeReady ready
                ? Succession.settle(sa, without, ready, now, out)
                : without;
    }

    /// What waits for the peer is given up; nothing else is.
    static Established abandon(SaCore sa, Established up, Outbox out) {
        if (up.peers().flatMap(PeersExchange::pending).isEmpty()) {
            return up;
        }
        discard(sa, up.peers().get(), out);
        return up.withoutPeers();
    }

    /// Gives back what it has reserved.
    public static void discard(SaCore sa, PeersExchange peers, Outbox out) {
        peers.pending().ifPresent(p -> p.progress().close());
        switch (peers) {
            case PeersChild child -> {
                child.key().ifPresent(key -> key.shared().close());
                if (child.installing().isEmpty()) {
                    child.spi()
                            .ifPresent(
                                    spi ->
                                            out.kernelAside(
                                                    sa,
                                                    new KernelOp.ReleaseSpi(
                                                            Roaming.childLocal(sa),
                                                            Roaming.childRemote(sa),
                                                            spi)));
                }
            }
            case PeersIke ike -> ike.key().ifPresent(key -> key.shared().close());
        }
    }

    static Secret secrets(PeersExchange peers) {
        return peers.pending()
                .map(p -> p.progress().joined())
                .orElseGet(() -> Secret.owned(new byte[0]));
    }

    private IkeFollowupKeAnswer() {}
}
