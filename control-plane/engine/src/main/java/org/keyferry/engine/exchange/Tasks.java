package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeViews;
import org.keyferry.engine.sa.OwnExchange.ChildWish;
import org.keyferry.engine.sa.PeersExchange;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;

/// Begins our exchanges in an established IKE_SA, one after the other.
public final class Tasks {

    /// Begins what is to be done next, if nothing of ours is under way.
    public static State startNext(SaCore sa, State state, Instant now, Outbox out) {
        State next = state;
        while (next instanceof Established up
                && sa.requests().isFree()
                && sa.currentTask().isEmpty()
                && !sa.tasks().isEmpty()
                && !waitsForPeer(sa.tasks().peek(), up)) {
            Task task = sa.tasks().poll();
            sa.currentTask(task);
            next = start(sa, up, task, now, out);
        }
        return next;
    }

    /// An IKE_SA passes on what it has when nothing of that is about to change, and a CHILD_SA that
    /// the peer is setting up need not be set up again.
    private static boolean waitsForPeer(Task next, Established up) {
        return switch (next) {
            case Task.RekeyIke _ -> up.peers().isPresent();
            case Task.CreateChild create when CrossedChildren.isComing(up, create.config()) -> true;
            default -> up.peers().orElse(null) instanceof PeersExchange.PeersIke;
        };
    }

    /// A task that turns out to be moot clears the current task.
    private static State start(SaCore sa, Established up, Task task, Instant now, Outbox out) {
        return switch (task) {
            case Task.CreateChild create -> create(sa, up, create, now, out);
            case Task.RekeyChild rekey -> {
                Optional<ChildWish> wish = RekeyChild.begin(sa, up, rekey);
                if (wish.isEmpty()) {
                    yield moot(sa, up, rekey, out);
                }
                yield CreateChild.begin(sa, up, wish.get(), now, out);
            }
            case Task.RekeyIke rekey ->
                    sa.replacement().reauthenticating()
                            ? moot(sa, up, rekey, out)
                            : RekeyIke.begin(sa, up, rekey, out);
            case Task.FollowRedirect(var target) -> {
                Redirect.follow(sa, target, out);
                yield moot(sa, up, task, out);
            }
            case Task.Mobike mobike -> Mobike.start(sa, up, mobike, now, out);
            case Task.Liveness _,
                    Task.AnnounceLifetime _,
                    Task.Redirect _,
                    Task.RequestTicket _,
                    Task.DeleteChild _,
                    Task.DisownChild _,
                    Task.DeleteIke _ ->
                    Informational.start(sa, up, task, IkeViews.of(sa, up), now, out);
        };
    }

    private static State create(
            SaCore sa, Established up, Task.CreateChild task, Instant now, Outbox out) {
        boolean isThere =
                sa.children().stream()
                        .filter(c -> c.installation().config().equals(task.config()))
                        .anyMatch(Tasks::carries);
        if (isThere) {
            out.log(
                    sa,
                    Group.CHD,
                    1,
                    "not establishing CHILD_SA %s due to existing duplicate",
                    task.config().name());
            return moot(sa, up, task, out);
        }
        return CreateChild.begin(
                sa, up, new ChildWish(task.config(), 0, task.requestId(), false), now, out);
    }

    /// Whether it, or what replaces it, is there to stay.
    public static boolean carries(ChildSa child) {
        return child.state() == ChildSa.State.INSTALLED || child.state() == ChildSa.State.REKEYING;
    }

    private static State moot(SaCore sa, Established up, Task task, Outbox out) {
        sa.currentTask(null);
        Informational.done(task.requestId(), Optional.empty(), out);
        return up;
    }

    /// Sends a DELETE without waiting for what is under way, if the window lets it.
    public static void deleteAtOnce(
            SaCore sa, State state, Reason reason, Instant now, Outbox out) {
        if (!sa.requests().isFree()) {
            return;
        }
        sa.currentTask().ifPresent(sa.tasks()::add);
        var task = new Task.DeleteIke(reason, 0);
        sa.currentTask(task);
        Informational.start(sa, state, task, IkeViews.of(sa, state), now, out);
    }

    private Tasks() {}
}
