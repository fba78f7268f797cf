package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.FollowUps;
import org.keyferry.engine.sa.IkeViews;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.OwnExchange.ChildDraft;
import org.keyferry.engine.sa.OwnExchange.ChildWish;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Violation;

/// CREATE_CHILD_SA as initiator: a further CHILD_SA, or one in place of another (RFC 7296 §1.3.1,
/// §1.3.3); [RekeyChild] has what is special to the latter. The responder's side is
/// [CreateChildAnswer].
public final class CreateChild {
    private static final String EXCHANGE = "CREATE_CHILD_SA";

    /// Begins with what a request is made of: our key, if there is a key exchange, and an SPI.
    static Established begin(SaCore sa, Established up, ChildWish wish, Instant now, Outbox out) {
        var offered = KeyRenewals.offered(wish, Bytes.EMPTY);
        var draft =
                new ChildDraft(
                        wish,
                        offered.isEmpty() ? 0 : ProposalSelection.firstMethod(offered),
                        KeyOffer.nonce(sa),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        0);
        if (offered.isEmpty()) {
            var why =
                    new Reason.CannotDo(
                            "no proposal of child '%s' can be offered in CREATE_CHILD_SA"
                                    .formatted(wish.config().name()));
            return fail(sa, up, draft, why, now, out);
        }
        return prepare(sa, up, draft, now, out);
    }

    /// Gets what is still missing; sends the request when nothing is.
    private static Established prepare(
            SaCore sa, Established up, ChildDraft draft, Instant now, Outbox out) {
        if (draft.methodId() != 0 && draft.key().isEmpty()) {
            out.compute(sa, Lane.OWN, KeyOffer.making(sa, draft.methodId()));
            return up.with(new OwnExchange.MakingChildKey(draft));
        }
        if (draft.spi().isEmpty()) {
            out.allocateSpi(sa, Lane.OWN, ChildOptions.reservation(sa, draft.wish().config()));
            return up.with(new OwnExchange.ReservingSpi(draft));
        }
        return send(sa, up, draft, now, out);
    }

    private static Established send(
            SaCore sa, Established up, ChildDraft draft, Instant now, Outbox out) {
        ChildSpi spi = draft.spi().orElseThrow();
        var wish = draft.wish();
        Optional<ChildSa> replaced = sa.childByUniqueId(wish.replaces());
        if (wish.replaces() != 0 && !RekeyChild.isStillWanted(replaced)) {
            discard(sa, draft, out);
            return end(sa, up, draft, Optional.empty(), out); // the peer was faster
        }
        var proposals = KeyRenewals.offered(wish, spi.bytes());
        var offer = IkeAuth.offer(sa, wish.config(), spi, draft.cpi(), proposals);
        var payloads = new ArrayList<Payload>();
        replaced.ifPresent(old -> payloads.add(RekeyChild.notify(old)));
        payloads.addAll(ChildOptions.asked(sa, offer));
        payloads.add(new Payload.SecurityAssociation(proposals));
        payloads.add(new Payload.Nonce(draft.nonce()));
        draft.key()
                .ifPresent(
                        key ->
                                payloads.add(
                                        new Payload.KeyExchange(
                                                draft.methodId(), key.publicValue())));
        payloads.add(Labels.tsInitiator(offer.child(), offer.tsI()));
        payloads.add(Labels.tsResponder(offer.child(), offer.tsR()));
        out.log(sa, Group.CHD, 1, "establishing CHILD_SA %s", wish.config().name());
        sa.sendSealedRequest(ExchangeType.CREATE_CHILD_SA, payloads, now, out);
        return up.with(new OwnExchange.ChildAsked(draft, offer));
    }

    /// The peer's answer: a CHILD_SA, a detour, or the end.
    public static Established onResponse(
            SaCore sa,
            Established up,
            OwnExchange.ChildAsked asked,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        var draft = asked.draft();
        Optional<Payload.Notify> error = IkeAuth.firstError(payloads);
        if (error.isPresent()) {
            return onError(sa, up, asked, error.get(), now, out);
        }
        var verdict = IkeAuth.judgeChild(sa, asked.offer(), payloads, false);
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        Optional<Reason> wrong = verdict.childFailure();
        if (wrong.isEmpty() && nonce.isEmpty()) {
            wrong = Optional.of(broke("nonce"));
        }
        int chosen = verdict.child().map(ProposalSelection::methodOf).orElse(0);
        if (wrong.isEmpty()
                && chosen != 0 // a peer that was offered to do without may ignore our key
                && (chosen != draft.methodId()
                        || chosen != key.map(Payload.KeyExchange::methodId).orElse(0))) {
            wrong = Optional.of(broke("KE method"));
        }
        IkeFollowupKe.Plan plan =
                verdict.child()
                        .map(agreed -> IkeFollowupKe.plan(agreed.proposal(), payloads))
                        .orElseGet(
                                () ->
                                        new IkeFollowupKe.Plan(
                                                FollowUps.of(List.of(), Bytes.EMPTY),
                                                Optional.empty()));
        if (wrong.isEmpty()) {
            wrong = plan.wrong();
        }
        if (wrong.isPresent()) {
            // the peer believes that it is up
            disown(sa, draft, protocolId(verdict, asked));
            discard(sa, draft, out);
            return fail(sa, up, draft, wrong.get(), now, out);
        }
        Bytes nonceR = nonce.get().data();
        if (draft.wish().replaces() != 0 && RekeyChild.isLost(up, draft, nonceR)) {
            out.log(sa, Group.IKE, 1, "CHILD_SA rekey collision lost, deleting redundant CHILD_SA");
            disown(sa, draft, protocolId(verdict, asked));
            discard(sa, draft, out);
            RekeyChild.waitForPeer(sa, draft, now);
            return end(sa, up, draft, Optional.empty(), out);
        }
        var agreed = verdict.child().get();
        var following =
                new OwnExchange.FollowingChild(
                        draft, agreed, nonceR, Optional.empty(), plan.progress(), Optional.empty());
        if (chosen == 0) {
            draft.key().ifPresent(KeyExchangeMethod.LocalKey::close);
            return goOn(sa, up, following, now, out);
        }
        var job = new ComputeJob.Finish(chosen, draft.key().orElseThrow(), key.get().publicValue());
        out.compute(sa, Lane.OWN, job);
        return up.with(new OwnExchange.CompletingChild(draft, agreed, nonceR, plan.progress()));
    }

    /// Does the next additional key exchange, or has the CHILD_SA installed if there is none.
    private static Established goOn(
            SaCore sa, Established up, OwnExchange.FollowingChild own, Instant now, Outbox out) {
        if (!own.progress().done()) {
            return IkeFollowupKe.makeKey(sa, up, own, out);
        }
        var draft = own.draft();
        boolean several = !own.progress().methods().isEmpty();
        if (several && draft.wish().replaces() != 0 && RekeyChild.isLost(up, draft, own.nonceR())) {
            out.log(sa, Group.IKE, 1, "CHILD_SA rekey collision lost, deleting redundant CHILD_SA");
            own.close();
            disown(sa, draft, own.agreed().proposal().protocolId());
            discard(sa, draft, out);
            RekeyChild.waitForPeer(sa, draft, now);
            return end(sa, up, draft, Optional.empty(), out);
        }
        return install(sa, up, own, out);
    }

    /// The peer does not go on.
    static Established followUpFailed(
            SaCore sa,
            Established up,
            OwnExchange.FollowingChild own,
            Reason why,
            Instant now,
            Outbox out) {
        discard(sa, own.draft(), out);
        return fail(sa, up, own.draft(), why, now, out);
    }

    private static Reason broke(String field) {
        return new Reason.PeerBroke(EXCHANGE, new Violation.Malformed(field, 0));
    }

    private static Established onError(
            SaCore sa,
            Established up,
            OwnExchange.ChildAsked asked,
            Payload.Notify error,
            Instant now,
            Outbox out) {
        var draft = asked.draft();
        int type = error.notifyType();
        out.log(sa, Group.IKE, 1, "received %s notify error", NotifyType.name(type));
        Optional<ChildDraft> instead = KeyRenewals.instead(sa, draft, error, out);
        if (instead.isPresent()) {
            return prepare(sa, up, instead.get(), now, out);
        }
        if (type == NotifyType.INVALID_KE_PAYLOAD) {
            OptionalInt other =
                    KeyOffer.detour(
                            error, draft.methodId(), draft.detours(), asked.offer().proposals());
            if (other.isPresent()) {
                int wanted = other.getAsInt();
                out.log(
                        sa,
                        Group.IKE,
                        1,
                        "peer did not accept the key exchange, it requested %d",
                        wanted);
                draft.key().ifPresent(KeyExchangeMethod.LocalKey::close);
                return prepare(sa, up, draft.withMethod(wanted, KeyOffer.nonce(sa)), now, out);
            }
        }
        discard(sa, draft, out);
        if (draft.wish().replaces() != 0) {
            if (type == NotifyType.CHILD_SA_NOT_FOUND) {
                RekeyChild.startAfresh(sa, draft.wish(), out);
                return end(sa, up, draft, Optional.empty(), out);
            }
        } else if (type == NotifyType.TEMPORARY_FAILURE
                && sa.currentTask().orElse(null) instanceof Task.CreateChild task
                && task.mayTryAgain()) {
            sa.postpone(now.plus(sa.retryDelay()), task.again());
            sa.currentTask(null);
            return up.withoutOwn();
        } else if (type == NotifyType.NO_ADDITIONAL_SAS) {
            out.log(sa, Group.IKE, 1, "peer takes no more CHILD_SAs, using a further IKE_SA");
            out.initiateApart(sa, draft.wish().config(), draft.wish().requestId());
            sa.currentTask(null);
            return up.withoutOwn();
        }
        return fail(sa, up, draft, IkeAuth.refusal(EXCHANGE, error, asked.offer()), now, out);
    }

    public static Established onComputed(
            SaCore sa,
            Established up,
            OwnExchange.OfChild own,
            Computation result,
            Instant now,
            Outbox out) {
        return switch (own) {
            case OwnExchange.MakingChildKey(var draft)
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    prepare(sa, up, draft.with(key), now, out);
            case OwnExchange.CompletingChild(var draft, var agreed, var nonceR, var progress)
                    when result instanceof Computation.SecretReady(var shared, _) ->
                    goOn(
                            sa,
                            up,
                            new OwnExchange.FollowingChild(
                                    draft,
                                    agreed,
                                    nonceR,
                                    Optional.of(shared),
                                    progress,
                                    Optional.empty()),
                            now,
                            out);
            case OwnExchange.FollowingChild following
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    IkeFollowupKe.send(sa, up, following, key, now, out);
            case OwnExchange.FollowingChild following
                    when result instanceof Computation.SecretReady(var secret, _) ->
                    goOn(sa, up, following.with(following.progress().with(secret)), now, out);
            case OwnExchange.FollowingChild following
                    when result instanceof Computation.Unusable(var violation) -> {
                following.close();
                disown(sa, following.draft(), following.agreed().proposal().protocolId());
                yield followUpFailed(
                        sa, up, following, new Reason.PeerBroke(EXCHANGE, violation), now, out);
            }
            case OwnExchange.CompletingChild(var draft, var agreed, _, _)
                    when result instanceof Computation.Unusable(var violation) -> {
                disown(sa, draft, agreed.proposal().protocolId());
                discard(sa, draft, out);
                yield fail(sa, up, draft, new Reason.PeerBroke(EXCHANGE, violation), now, out);
            }
            default -> throw new IllegalStateException("a result that nobody asked for");
        };
    }

    private static Established install(
            SaCore sa, Established up, OwnExchange.FollowingChild own, Outbox out) {
        var draft = own.draft();
        // an IKE_SA that is being replaced does not take back what the new one has
        boolean patient = Takeover.isLate(sa, own.agreed().tsI(), own.agreed().tsR());
        var how =
                new FirstChild.How(
                        Lane.OWN, true, sa.childByUniqueId(draft.wish().replaces()), patient);
        ChildSa child;
        try (Secret additional = own.progress().joined()) {
            var material =
                    new FirstChild.Material(
                            draft.nonce(), own.nonceR(), own.shared().orElse(null), additional);
            child =
                    FirstChild.install(
                            sa, how, material, own.agreed(), draft.spi().orElseThrow(), out);
        }
        own.close();
        return up.with(new OwnExchange.InstallingChild(draft, child, own.nonceR()));
    }

    /// Whether the peer may have a CHILD_SA by it that we do not have yet.
    static boolean mayBringMore(OwnExchange own) {
        return own instanceof OwnExchange.ChildAsked
                || own instanceof OwnExchange.CompletingChild
                || own instanceof OwnExchange.FollowingChild
                || own instanceof OwnExchange.InstallingChild;
    }

    public static Established onKernel(
            SaCore sa,
            Established up,
            OwnExchange.OfChild own,
            KernelAnswer answer,
            Instant now,
            Outbox out) {
        var draft = own.draft();
        return switch (answer) {
            case KernelAnswer.SpiAllocated(var spi, int cpi) ->
                    prepare(sa, up, draft.with(spi, cpi), now, out);
            case KernelAnswer.Done() -> {
                var installing = (OwnExchange.InstallingChild) own;
                ChildSa installed = FirstChild.installed(sa, installing.child(), now, out);
                RekeyChild.onOwnInstalled(sa, up, installing, installed, now, out);
                CrossedChildren.resolve(sa, up, draft.wish(), installed, out);
                Established next = end(sa, up, draft, Optional.empty(), out);
                Informational.came(sa, installed, IkeViews.of(sa, next), now, out);
                yield next;
            }
            case KernelAnswer.Refused(String errno, String text) -> {
                var why = new Reason.KernelRefused(errno, text);
                if (own instanceof OwnExchange.InstallingChild(_, var child, _)) {
                    FirstChild.refused(sa, child, why, out);
                    disown(sa, draft, child.installation().protocolId());
                }
                yield fail(sa, up, draft, why, now, out);
            }
        };
    }

    /// Gives back what a request that leads nowhere has.
    public static void discard(SaCore sa, ChildDraft draft, Outbox out) {
        draft.key().ifPresent(KeyExchangeMethod.LocalKey::close);
        draft.spi()
                .ifPresent(
                        spi ->
                                out.kernelAside(
                                        sa,
                                        new KernelOp.ReleaseSpi(
                                                Roaming.childLocal(sa),
                                                Roaming.childRemote(sa),
                                                spi)));
    }

    /// What the peer chose, or else what it was offered first.
    private static int protocolId(IkeAuth.Verdict.Authentic verdict, OwnExchange.ChildAsked asked) {
        return verdict.child()
                .map(State.Agreed::proposal)
                .orElseGet(() -> asked.offer().proposals().getFirst())
                .protocolId();
    }

    private static void disown(SaCore sa, ChildDraft draft, int protocolId) {
        sa.tasks().addFirst(new Task.DisownChild(protocolId, draft.spi().orElseThrow()));
    }

    private static Established fail(
            SaCore sa, Established up, ChildDraft draft, Reason why, Instant now, Outbox out) {
        if (draft.wish().replaces() == 0) {
            out.log(sa, Group.IKE, 0, "failed to establish CHILD_SA, keeping IKE_SA: %s", why);
            out.tell(new Event.ChildFailed(IkeViews.of(sa, up), why, true));
            Comeback.childFailed(sa, draft.wish().config().name(), why, out);
        } else {
            RekeyChild.tryAgainLater(sa, draft.wish(), why, now, out);
        }
        return end(sa, up, draft, Optional.of(why), out);
    }

    private static Established end(
            SaCore sa, Established up, ChildDraft draft, Optional<Reason> failure, Outbox out) {
        sa.currentTask(null);
        if (failure.isPresent()) {
            sa.extensions().takeDeletedEarly();
        }
        Informational.done(draft.wish().requestId(), failure, out);
        return up.withoutOwn();
    }

    private CreateChild() {}
}
