package org.keyferry.engine.sa;

import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.exchange.CreateChild;
import org.keyferry.engine.exchange.IkeAuth;
import org.keyferry.engine.exchange.IkeFollowupKeAnswer;
import org.keyferry.engine.sa.Questions.Question;

/// Takes back what an SA that ends has begun, in the kernel and elsewhere.
final class Undoing {
    /// What exchanges that break off have reserved goes back. What the kernel works on goes when it
    /// answers.
    static void abandon(SaCore core, State before, Outbox out) {
        switch (before) {
            case State.AuthSent sent -> IkeAuth.releaseOffer(core, sent.offer(), out);
            case State.Connecting(_, var key) -> key.close();
            case State.InitSent sent -> sent.key().close();
            case State.RoundSent sent -> sent.key().close();
            case State.Solving solving -> {
                solving.unwanted().set(true);
                if (solving instanceof State.SolvingInit init) {
                    init.key().close();
                }
            }
            case State.InstallingAddresses(_, var offer, _, _) ->
                    IkeAuth.releaseOffer(core, offer, out);
            case State.AwaitingMoreAuth(var request) -> abandonEap(core, request, out);
            case State.Authenticating waiting -> {
                IkeAuth.releaseOffer(core, waiting.offer(), out);
                if (waiting instanceof State.ServingEap(var request, _)) {
                    abandonEap(core, request, out);
                }
            }
            case State.Established(var own, var peers, _) -> {
                own.ifPresent(exchange -> abandon(core, exchange, out));
                peers.ifPresent(exchange -> IkeFollowupKeAnswer.discard(core, exchange, out));
            }
            default -> {}
        }
    }

    private static void abandonEap(SaCore core, State.AuthRequest request, Outbox out) {
        request.rounds()
                .eap()
                .ifPresent(
                        login -> {
                            if (login.isPassedOn()) {
                                out.abandonEap(core);
                            }
                        });
    }

    private static void abandon(SaCore core, OwnExchange exchange, Outbox out) {
        switch (exchange) {
            case OwnExchange.InstallingChild _ -> {}
            case OwnExchange.FollowingChild own -> {
                own.close();
                CreateChild.discard(core, own.draft(), out);
            }
            case OwnExchange.FollowingIke own -> own.close();
            case OwnExchange.OfChild own -> CreateChild.discard(core, own.draft(), out);
            case OwnExchange.IkeAsked(_, var key) -> key.close();
            case OwnExchange.IkeReady(_, var successor, _) -> successor.keys().wipe();
            case OwnExchange.MakingIkeKey _, OwnExchange.DerivingIke _ -> {}
        }
    }

    /// The SA ended while the kernel worked for it: what came of that is undone.
    static void undo(SaCore core, Question question, KernelAnswer answer, Outbox out) {
        if (answer instanceof KernelAnswer.SpiAllocated(var spi, _)) {
            out.kernelAside(
                    core,
                    new KernelOp.ReleaseSpi(
                            Roaming.childLocal(core), Roaming.childRemote(core), spi));
        } else if (question.installing().isPresent()) {
            ChildSa child = question.installing().get();
            var installed = child.installation();
            out.kernelAside(
                    core,
                    answer instanceof KernelAnswer.Refused
                            ? new KernelOp.ReleaseSpi(
                                    installed.local(), installed.remote(), installed.spiIn())
                            : new KernelOp.RemoveChild(installed));
            if (child.installation().config().kernel().reqid() == 0) {
                core.ids().releaseReqid(child.reqidKey());
            }
        }
    }

    private Undoing() {}
}
