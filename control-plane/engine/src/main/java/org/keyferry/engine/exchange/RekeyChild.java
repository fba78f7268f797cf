package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeViews;
import org.keyferry.engine.sa.OwnExchange.ChildDraft;
import org.keyferry.engine.sa.OwnExchange.ChildWish;
import org.keyferry.engine.sa.OwnExchange.InstallingChild;
import org.keyferry.engine.sa.PeersExchange.PeersChild;
import org.keyferry.engine.sa.Rival;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// What rekeying a CHILD_SA adds to its creation (RFC 7296 §2.8, §2.8.1, §2.25.1): which one is
/// replaced, who deletes it, and what happens if both sides do it at once.
public final class RekeyChild {

    static Payload.Notify notify(ChildSa replaced) {
        var i = replaced.installation();
        return new Payload.Notify(
                i.protocolId(), i.spiIn().bytes(), NotifyType.REKEY_SA, Bytes.EMPTY);
    }

    /// Whether nobody has replaced or begun to delete it.
    static boolean isStillWanted(Optional<ChildSa> replaced) {
        return replaced.filter(c -> c.state() == ChildSa.State.REKEYING).isPresent();
    }

    /// Marks the CHILD_SA whose rekeying begins.
    ///
    /// @return what is wanted; empty if there is nothing to rekey any more, or the peer does it
    static Optional<ChildWish> begin(SaCore sa, Established up, Task.RekeyChild task) {
        Optional<ChildSa> found =
                sa.childByUniqueId(task.childUniqueId())
                        .filter(c -> c.state() == ChildSa.State.INSTALLED);
        boolean peerDoesIt =
                up.peers().orElse(null) instanceof PeersChild peers
                        && peers.replaces() == task.childUniqueId();
        if (found.isEmpty() || peerDoesIt) {
            return Optional.empty();
        }
        ChildSa child = found.get();
        sa.replaceChild(child, child.with(ChildSa.State.REKEYING));
        return Optional.of(
                new ChildWish(
                        child.installation().config(),
                        child.uniqueId(),
                        task.requestId(),
                        KeyRenewals.asksForNoncesOnly(sa, child)));
    }

    /// Whether our exchange made the redundant CHILD_SA of two.
    static boolean isLost(Established up, ChildDraft draft, Bytes nonceR) {
        Optional<Rival> met = up.rival();
        if (up.peers().orElse(null) instanceof PeersChild peers
                && peers.replaces() == draft.wish().replaces()) {
            met = Optional.of(new Rival.OfChild(peers.nonceI(), peers.nonceR(), 0));
        }
        return met.filter(rival -> rival.winsOver(draft.nonce(), nonceR)).isPresent();
    }

    /// We lost: the peer's exchange stands, or is about to; if it comes to nothing we try again.
    static void waitForPeer(SaCore sa, ChildDraft draft, Instant now) {
        restore(sa, draft.wish(), now.plus(sa.retryDelay()));
    }

    private static boolean restore(SaCore sa, ChildWish wish, Instant rekeyAt) {
        Optional<ChildSa> old =
                sa.childByUniqueId(wish.replaces())
                        .filter(c -> c.state() == ChildSa.State.REKEYING);
        old.ifPresent(c -> sa.replaceChild(c, c.with(ChildSa.State.INSTALLED).rekeyAt(rekeyAt)));
        return old.isPresent();
    }

    static void tryAgainLater(SaCore sa, ChildWish wish, Reason why, Instant now, Outbox out) {
        Duration delay = sa.retryDelay();
        if (restore(sa, wish, now.plus(delay))) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "CHILD_SA %s{%d} rekeying failed, trying again in %d seconds: %s",
                    wish.config().name(),
                    wish.replaces(),
                    delay.toSeconds(),
                    why);
        }
    }

    /// The peer does not know the CHILD_SA: it goes, and another one is created (RFC 7296 §2.25).
    static void startAfresh(SaCore sa, ChildWish wish, Outbox out) {
        sa.childByUniqueId(wish.replaces())
                .filter(c -> c.replacedBy() == 0)
                .ifPresent(
                        old -> {
                            FirstChild.remove(
                                    sa,
                                    old,
                                    IkeViews.of(sa, Established.idle()),
                                    Reason.Plain.PEER_DELETED,
                                    out);
                            sa.tasks().addFirst(Task.CreateChild.of(wish.config(), 0));
                        });
    }

    /// Our exchange is done: we delete what it replaced. Had the peer replaced it too, and lost, it
    /// deletes its own.
    static void onOwnInstalled(
            SaCore sa,
            Established up,
            InstallingChild own,
            ChildSa installed,
            Instant now,
            Outbox out) {
        var draft = own.draft();
        Optional<ChildSa> old =
                sa.childByUniqueId(draft.wish().replaces())
                        .filter(c -> c.state() != ChildSa.State.DELETED);
        if (draft.wish().replaces() != 0 && isLost(up, draft, own.nonceR())) {
            // the peer's request came when the kernel had ours already
            out.log(sa, Group.IKE, 1, "CHILD_SA rekey collision lost, deleting redundant CHILD_SA");
            waitForPeer(sa, draft, now);
            sa.replaceChild(installed, installed.replacedBy(draft.wish().replaces()));
            sa.tasks()
                    .addFirst(new Task.DeleteChild(installed.uniqueId(), Reason.Plain.REKEYED, 0));
            return;
        }
        var view = IkeViews.of(sa, up.withoutOwn());
        if (old.isEmpty()) {
            out.tell(new Event.ChildUp(view, installed.view()));
            return;
        }
        int id = installed.uniqueId();
        if (up.rival().orElse(null) instanceof Rival.OfChild(_, _, int redundant)) {
            sa.childByUniqueId(redundant)
                    .ifPresent(child -> sa.replaceChild(child, child.replacedBy(id)));
        }
        sa.replaceChild(old.get(), old.get().replacedBy(id));
        sa.tasks().addFirst(new Task.DeleteChild(draft.wish().replaces(), Reason.Plain.REKEYED, 0));
        out.tell(new Event.ChildRekeyed(view, old.get().view(), installed.view()));
    }

    /// The peer's exchange is done: it deletes what it replaced.
    ///
    /// @return what our own exchange, if it does the same, has to know
    static Optional<Rival> onPeersInstalled(
            SaCore sa, Established up, PeersChild peers, ChildSa installed, Outbox out) {
        Optional<ChildSa> old =
                sa.childByUniqueId(peers.replaces())
                        .filter(c -> c.state() != ChildSa.State.DELETED);
        var view = IkeViews.of(sa, up);
        if (old.isEmpty() || (old.get().state() == ChildSa.State.DELETING && !isReplaced(old))) {
            out.tell(new Event.ChildUp(view, installed.view()));
            return Optional.empty();
        }
        if (isReplaced(old)) {
            sa.replaceChild(installed, installed.replacedBy(old.get().replacedBy()));
            return Optional.empty(); // we won: the peer deletes its redundant one
        }
        sa.replaceChild(old.get(), old.get().replacedBy(installed.uniqueId()));
        out.tell(new Event.ChildRekeyed(view, old.get().view(), installed.view()));
        return Optional.of(new Rival.OfChild(peers.nonceI(), peers.nonceR(), installed.uniqueId()));
    }

    private static boolean isReplaced(Optional<ChildSa> old) {
        return old.filter(c -> c.replacedBy() != 0).isPresent();
    }

    /// A replacement is gone again before the peer deleted what it replaced: that one stays.
    static void onReplacementGone(SaCore sa, ChildSa gone, Instant now) {
        for (ChildSa child : java.util.List.copyOf(sa.children())) {
            if (child.replacedBy() == gone.uniqueId() && child.state() == ChildSa.State.REKEYED) {
                sa.replaceChild(child, child.replacedBy(0).rekeyAt(now.plus(sa.retryDelay())));
            }
        }
    }

    private RekeyChild() {}
}
