package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.PeersExchange.OwnKey;
import org.keyferry.engine.sa.PeersExchange.PeersIke;
import org.keyferry.engine.sa.PeersExchange.Pending;
import org.keyferry.engine.sa.Rival;
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

/// Rekeying of the IKE_SA as responder (RFC 7296 §1.3.2, §2.25.2).
public final class RekeyIkeAnswer {

    static State onRequest(
            SaCore sa, Established up, List<Payload> payloads, Instant now, Outbox out) {
        if (isBusy(sa, up)) {
            return refuse(sa, up, Payload.Notify.of(NotifyType.TEMPORARY_FAILURE), now, out);
        }
        var offered = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        if (offered.isEmpty() || nonce.isEmpty() || key.isEmpty()) {
            return refuse(sa, up, Payload.Notify.of(NotifyType.INVALID_SYNTAX), now, out);
        }
        var outcome =
                ProposalSelection.select(
                        sa.connection().proposals(),
                        offered.get().proposals(),
                        sa.settings().preferConfiguredProposals(),
                        false,
                        sa.privateUse());
        Optional<Proposal> chosen = outcome.proposal();
        Optional<IkeSpi> peerSpi = chosen.flatMap(p -> RekeyIke.spi(p.spi()));
        if (peerSpi.isEmpty()) {
            var why =
                    new Reason.NoProposalChosen(
                            offered.get().proposals(),
                            sa.connection().proposals(),
                            outcome.mismatch());
            out.log(sa, Group.IKE, 0, "refusing to rekey the IKE_SA: %s", why);
            return refuse(sa, up, Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN), now, out);
        }
        int methodId = RekeyIke.methodOf(chosen.get());
        if (key.get().methodId() != methodId) {
            var notify = Payload.Notify.of(NotifyType.INVALID_KE_PAYLOAD, Bytes.ofU16(methodId));
            return refuse(sa, up, notify, now, out);
        }
        SaCore successor = Successor.rekeyed(sa, false, sa.lookup().newSpi());
        successor.peerSpi(peerSpi.get());
        successor.chosen(chosen.get());
        CrashDetection.read(successor, payloads);
        Bytes nonceR = KeyOffer.nonce(sa);
        Bytes nonceI = nonce.get().data();
        var method = KeyExchangeMethod.of(methodId).orElseThrow();
        Secret entropy = sa.randomSecret(method.entropyBytes());
        Bytes peerPublic = key.get().publicValue();
        ComputeJob job =
                AdditionalKeys.of(chosen.get()).isEmpty()
                        ? new ComputeJob.RespondRekey(
                                method,
                                entropy,
                                peerPublic,
                                RekeyIke.succession(sa, successor, nonceI, nonceR, RekeyIke.none()))
                        : new ComputeJob.Agree(method, entropy, peerPublic);
        out.compute(sa, Lane.PEERS, job);
        return giveUpUnsent(sa, up, out).with(new PeersIke(successor, nonceI, nonceR));
    }

    /// A CHILD_SA is being created, rekeyed or deleted, or the IKE_SA is about to go.
    private static boolean isBusy(SaCore sa, Established up) {
        boolean child = up.own().filter(OwnExchange.OfChild.class::isInstance).isPresent();
        boolean deletion =
                sa.currentTask()
                        .filter(
                                task ->
                                        task instanceof Task.DeleteChild
                                                || task instanceof Task.DisownChild
                                                || task instanceof Task.DeleteIke)
                        .isPresent();
        boolean ending = sa.tasks().peek() instanceof Task.DeleteIke;
        return child || deletion || ending || sa.replacement().reauthenticating();
    }

    /// The peer was faster: what we have not sent yet is not needed any more.
    private static Established giveUpUnsent(SaCore sa, Established up, Outbox out) {
        if (up.own().orElse(null) instanceof OwnExchange.MakingIkeKey(var draft)) {
            sa.questions().forget(Lane.OWN);
            sa.currentTask(null);
            Informational.done(draft.requestId(), Optional.empty(), out);
            return up.withoutOwn();
        }
        return up;
    }

    private static State refuse(
            SaCore sa, Established up, Payload.Notify answer, Instant now, Outbox out) {
        sa.sendSealedResponse(ExchangeType.CREATE_CHILD_SA, List.of(answer), now, out);
        return up.withoutPeers();
    }

    /// The keys are there: answers.
    public static State onComputed(
            SaCore sa,
            Established up,
            PeersIke peers,
            Computation result,
            Instant now,
            Outbox out) {
        boolean complete = peers.pending().flatMap(p -> p.publicValue()).isPresent();
        if (peers.pending().isPresent() && !complete) {
            return IkeFollowupKeAnswer.onComputed(sa, up, peers, result, now, out);
        }
        if (result instanceof Computation.SecretReady(var shared, var ownPublic)) {
            return invite(sa, up, peers, shared, ownPublic, now, out);
        }
        if (!(result instanceof Computation.KeysReady(var keys, var publicValue))) {
            return refuse(sa, up, Payload.Notify.of(NotifyType.INVALID_SYNTAX), now, out);
        }
        SaCore successor = peers.successor();
        successor.keys(keys);
        if (complete) {
            IkeFollowupKeAnswer.answer(sa, peers, now, out);
        } else {
            sa.sendSealedResponse(
                    ExchangeType.CREATE_CHILD_SA, answer(peers, publicValue), now, out);
        }
        successor.replacement().awaitsHeritage(sa.ownSpi(), now.plus(Succession.PATIENCE));
        out.adopt(Succession.begin(successor, now, out));
        var rival = new Rival.OfIke(peers.nonceI(), peers.nonceR(), successor.ownSpi());
        Established next = up.withoutPeers();
        return switch (next.own().orElse(null)) {
            case OwnExchange.IkeReady ready ->
                    Succession.settle(sa, next.with(rival), ready, now, out);
            case OwnExchange.OfIke _ -> next.with(rival);
            case null, default -> {
                sayAgain(sa);
                yield Succession.yieldToRival(sa, next, rival, now, out);
            }
        };
    }

    /// What is in flight may get lost with the IKE_SA: what matters is said once more over the next
    /// one.
    private static void sayAgain(SaCore sa) {
        sa.currentTask()
                .filter(
                        task ->
                                task.equals(new Task.Mobike(Task.Mobike.What.UPDATE))
                                        || task.equals(new Task.Mobike(Task.Mobike.What.LIST))
                                        || task instanceof Task.AnnounceLifetime)
                .ifPresent(sa.tasks()::addFirst);
        sa.currentTask(null);
    }

    private static List<Payload> answer(PeersIke peers, Bytes publicValue) {
        SaCore successor = peers.successor();
        Bytes spi = successor.ownSpi().bytes();
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.SecurityAssociation(List.of(successor.proposal().withSpi(spi))));
        payloads.add(new Payload.Nonce(peers.nonceR()));
        payloads.add(new Payload.KeyExchange(successor.suite().keId(), publicValue));
        payloads.addAll(CrashDetection.token(successor, successor.ownSpi()));
        return payloads;
    }

    /// Answers; the new IKE_SA is there when the additional key exchanges are done.
    private static State invite(
            SaCore sa,
            Established up,
            PeersIke peers,
            Secret shared,
            Bytes publicValue,
            Instant now,
            Outbox out) {
        SaCore successor = peers.successor();
        List<Integer> methods = AdditionalKeys.of(successor.proposal());
        Pending pending = IkeFollowupKeAnswer.begin(sa, methods, now, out);
        var payloads = new ArrayList<>(answer(peers, publicValue));
        payloads.addAll(IkeFollowupKeAnswer.invitation(pending));
        sa.sendSealedResponse(ExchangeType.CREATE_CHILD_SA, payloads, now, out);
        var key = new OwnKey(successor.suite().keId(), publicValue, shared);
        return up.with(peers.with(key).with(pending));
    }

    /// All additional key exchanges are done: keys are made of them.
    static State followedUp(SaCore sa, Established up, PeersIke peers, Outbox out) {
        var succession =
                RekeyIke.succession(
                        sa,
                        peers.successor(),
                        peers.nonceI(),
                        peers.nonceR(),
                        IkeFollowupKeAnswer.secrets(peers));
        out.compute(
                sa,
                Lane.PEERS,
                new ComputeJob.Rekey(peers.key().orElseThrow().shared(), succession));
        return up.with(peers);
    }

    private RekeyIkeAnswer() {}
}
