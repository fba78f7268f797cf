package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.PeersExchange.PeersIke;
import org.keyferry.engine.sa.Rival;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
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
        SaCore successor = sa.successor(false, sa.lookup().newSpi());
        successor.peerSpi(peerSpi.get());
        successor.chosen(chosen.get());
        Bytes nonceR = Bytes.wrapOwned(sa.randomBytes(IkeSaInit.NONCE_BYTES));
        Bytes nonceI = nonce.get().data();
        var method = KeyExchangeMethod.of(methodId).orElseThrow();
        var job =
                new ComputeJob.RespondRekey(
                        method,
                        sa.randomSecret(method.entropyBytes()),
                        key.get().publicValue(),
                        RekeyIke.succession(sa, successor, nonceI, nonceR));
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
        if (!(result instanceof Computation.KeysReady(var keys, var publicValue))) {
            return refuse(sa, up, Payload.Notify.of(NotifyType.INVALID_SYNTAX), now, out);
        }
        SaCore successor = peers.successor();
        successor.keys(keys);
        Bytes spi = successor.ownSpi().bytes();
        sa.sendSealedResponse(
                ExchangeType.CREATE_CHILD_SA,
                List.of(
                        new Payload.SecurityAssociation(List.of(successor.proposal().withSpi(spi))),
                        new Payload.Nonce(peers.nonceR()),
                        new Payload.KeyExchange(successor.suite().keId(), publicValue)),
                now,
                out);
        out.adopt(Succession.begin(successor, now, out));
        var rival = new Rival.OfIke(peers.nonceI(), peers.nonceR(), successor.ownSpi());
        Established next = up.withoutPeers();
        return switch (next.own().orElse(null)) {
            case OwnExchange.IkeReady ready ->
                    Succession.settle(sa, next.with(rival), ready, now, out);
            case OwnExchange.OfIke _ -> next.with(rival);
            case null, default -> {
                sa.currentTask(null); // a liveness check whose answer does not matter any more
                yield Succession.yieldToRival(sa, next, rival, now, out);
            }
        };
    }

    private RekeyIkeAnswer() {}
}
