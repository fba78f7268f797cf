package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Path;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.Mobility;
import org.keyferry.engine.sa.Mobility.Search;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Which path an IKE_SA takes when addresses or routes change, or when the peer falls silent (RFC
/// 4555 §3.5, §3.6, §3.10). The host is asked for its paths first ([Effect.FindPaths]); one that is
/// the only one is taken at once, several are tried at the same time.
public final class PathChoice {

    /// Addresses or routes of this host are not what they were. A gateway that still has its
    /// address asks for no routes: the peer decides, and there may be many.
    public static void networkChanged(SaCore sa, State state, Instant now, Outbox out) {
        Mobility mobility = sa.mobility();
        boolean stays =
                !mobility.decides()
                        && sa.lookup()
                                .ownAddresses()
                                .filter(own -> own.contains(sa.local().address()))
                                .isPresent();
        if (stays && mobility.agreed() && state instanceof Established) {
            stay(sa, now, out);
        } else if (!stays && (mobility.agreed() || mobility.decides())) {
            mobility.refused(Optional.empty());
            ask(sa, out);
        }
    }

    /// The peer does not answer; what else leads to it?
    public static void suspect(SaCore sa, Outbox out) {
        Mobility mobility = sa.mobility();
        boolean may = mobility.agreed() && mobility.decides() && mobility.search().isEmpty();
        if (may && !sa.remote().tcp()) {
            mobility.suspected(true);
            ask(sa, out);
        }
    }

    /// The peer's addresses are not what they were.
    static void peerMoved(SaCore sa, Outbox out) {
        if (sa.mobility().decides() && !sa.mobility().mayBeAt(sa.remote().address())) {
            out.log(sa, Group.IKE, 1, "peer is no longer at %s", sa.remote().address());
            ask(sa, out);
        }
    }

    /// The peer will not have the path that we moved to.
    static void refused(SaCore sa, Established up, Outbox out) {
        sa.mobility().refused(Optional.of(current(sa)));
        sa.mobility()
                .childrenAt()
                .ifPresent(place -> Roaming.moveIke(sa, up, place.local(), place.remote(), out));
        ask(sa, out);
    }

    private static void ask(SaCore sa, Outbox out) {
        IpAddress present = sa.remote().address();
        Mobility mobility = sa.mobility();
        Stream<IpAddress> others =
                mobility.agreed() ? mobility.facts().peerAddresses().stream() : Stream.of();
        List<IpAddress> remotes =
                Stream.concat(Stream.of(present).filter(mobility::mayBeAt), others)
                        .distinct()
                        .toList();
        out.add(new Effect.FindPaths(sa.ownSpi(), sa.local().address(), remotes));
    }

    /// The host has told its paths.
    ///
    /// @param found for each address of the peer that can be reached the way that the host prefers;
    ///   also the present one, if it may still be used
    public static void onPaths(
            SaCore sa, Established up, List<Path> found, Instant now, Outbox out) {
        List<Path> paths = usable(sa, found);
        Path current = current(sa);
        boolean best =
                !sa.settings().paths().preferBestPath()
                        || paths.stream()
                                .filter(p -> p.remote().equals(current.remote()))
                                .findFirst()
                                .filter(current::equals)
                                .isPresent();
        if (paths.isEmpty()) {
            strand(sa, out);
        } else if (sa.remote().tcp()) {
            followByTcp(sa, paths, current, now, out);
        } else if (!sa.mobility().agreed()) {
            withoutMobike(sa, up, current, paths, out);
        } else if (paths.contains(current) && best && !sa.mobility().suspected()) {
            stay(sa, now, out);
        } else if (!sa.mobility().decides()) {
            answerFromElsewhere(sa, up, paths, current, now, out);
        } else {
            move(sa, up, candidates(sa, paths, current), current, now, out);
        }
    }

    /// The peer shall hear of the end of an SA that is being deleted.
    public static void takeLeave(SaCore sa, List<Path> found, Instant now, Outbox out) {
        List<Path> paths = usable(sa, found);
        if (!paths.isEmpty() && !paths.contains(current(sa)) && !sa.remote().tcp()) {
            sa.endpoints(Roaming.local(sa, paths.getFirst()), Roaming.remote(sa, paths.getFirst()));
            hurry(sa, now, out);
        }
    }

    /// From addresses that are ours, to where the peer may be, and not what it refused.
    private static List<Path> usable(SaCore sa, List<Path> found) {
        Optional<List<IpAddress>> own = sa.lookup().ownAddresses();
        return found.stream()
                .filter(p -> own.isEmpty() || own.get().contains(p.local()))
                .filter(p -> sa.mobility().mayBeAt(p.remote()))
                .filter(p -> !sa.mobility().refused().equals(Optional.of(p)))
                .distinct()
                .toList();
    }

    private static List<Path> candidates(SaCore sa, List<Path> paths, Path current) {
        var candidates = new ArrayList<Path>();
        if (sa.mobility().suspected() && paths.contains(current)) {
            candidates.add(current);
        }
        if (!sa.mobility().suspected() && paths.contains(current)) {
            return List.of(paths.getFirst()); // a better one
        }
        paths.stream().filter(p -> !p.equals(current)).forEach(candidates::add);
        return candidates;
    }

    private static void strand(SaCore sa, Outbox out) {
        if (!sa.mobility().stranded()) {
            out.log(
                    sa,
                    Group.KNL,
                    1,
                    "no route found to reach %s, %s deferred",
                    sa.remote().address(),
                    sa.mobility().agreed() ? "MOBIKE update" : "reauthentication");
        }
        sa.mobility().stranded(true);
    }

    /// The path is found with a connection of its own, which needs no trying; the peer opens it if
    /// it decides.
    private static void followByTcp(
            SaCore sa, List<Path> paths, Path current, Instant now, Outbox out) {
        if (sa.mobility().decides()) {
            Streams.onPaths(sa, paths, out);
        }
        if (paths.contains(current) && sa.mobility().agreed()) {
            stay(sa, now, out);
        }
    }

    private static void withoutMobike(
            SaCore sa, Established up, Path current, List<Path> paths, Outbox out) {
        sa.mobility().stranded(false);
        if (!paths.contains(current)) {
            out.log(sa, Group.IKE, 1, "reauthenticating IKE_SA due to address change");
            Roaming.leaveChildren(sa);
            sa.endpoints(Roaming.local(sa, paths.getFirst()), Roaming.remote(sa, paths.getFirst()));
            Reauthentication.begin(sa, up, out);
        }
    }

    /// The present path is good.
    private static void stay(SaCore sa, Instant now, Outbox out) {
        boolean wasStranded = sa.mobility().stranded();
        boolean cameBack = giveUpSearch(sa);
        sa.mobility().stranded(false);
        if ((wasStranded || cameBack) && !sa.requests().isFree()) {
            hurry(sa, now, out);
        } else if (wasStranded || sa.settings().paths().checkCurrentPath()) {
            enqueue(sa, Task.Mobike.What.CHECK);
        }
        if (!same(Mobike.own(sa), sa.mobility().facts().announced())) {
            enqueue(sa, Task.Mobike.What.LIST);
        }
    }

    /// Paths that were tried as the present one was gone, which is there again.
    private static boolean giveUpSearch(SaCore sa) {
        boolean elsewhere =
                sa.mobility().search().filter(s -> !s.paths().contains(current(sa))).isPresent();
        if (elsewhere) {
            sa.mobility().searched();
        }
        return elsewhere;
    }

    /// As responder: tells where we are from now on; the peer decides what that means (§3.6).
    private static void answerFromElsewhere(
            SaCore sa, Established up, List<Path> paths, Path current, Instant now, Outbox out) {
        if (!paths.contains(current)) {
            enqueue(sa, Task.Mobike.What.LIST);
            move(sa, up, paths, current, now, out);
        }
    }

    private static void move(
            SaCore sa,
            Established up,
            List<Path> candidates,
            Path current,
            Instant now,
            Outbox out) {
        sa.mobility().stranded(false);
        if (candidates.equals(List.of(current))) {
            if (giveUpSearch(sa)) {
                hurry(sa, now, out);
            }
            return;
        }
        if (candidates.size() == 1) {
            moveTo(sa, up, candidates.getFirst(), out);
        } else {
            candidates.forEach(path -> out.log(sa, Group.IKE, 2, "trying path %s", path));
            if (sa.requests().isFree() && !isQueued(sa, Task.Mobike.What.LIST)) {
                enqueue(sa, Task.Mobike.What.CHECK);
            }
        }
        sa.mobility().search(candidates);
        hurry(sa, now, out);
    }

    private static void moveTo(SaCore sa, State state, Path path, Outbox out) {
        Roaming.moveIke(sa, state, Roaming.local(sa, path), Roaming.remote(sa, path), out);
        if (sa.mobility().decides()) {
            update(sa);
        }
    }

    /// What is in flight goes along the new path at once.
    private static void hurry(SaCore sa, Instant now, Outbox out) {
        sa.requests()
                .outstanding()
                .ifPresent(
                        request -> {
                            Instant due = now.plus(Mobility.PROBE_INTERVAL);
                            Roaming.transmit(sa, request.datagrams(), now, out);
                            sa.requests().postpone(due);
                            out.timer(sa.ownSpi(), TimerQueue.Kind.RETRANSMIT, due);
                        });
    }

    /// The peer has answered along this path, with what it cannot have made without the keys.
    public static void onAnswer(SaCore sa, State state, Endpoint to, Endpoint from, Outbox out) {
        sa.mobility().suspected(false);
        Optional<Search> search = sa.mobility().search();
        if (search.isEmpty() || !(state instanceof Established)) {
            return;
        }
        List<Path> tried = search.get().paths();
        Path path =
                tried.contains(Path.between(to, from)) ? Path.between(to, from) : tried.getFirst();
        sa.mobility().searched();
        if (!path.equals(current(sa))) {
            moveTo(sa, state, path, out);
        }
        if (!sa.mobility().decides()) {
            // our former address is gone; charon follows us to where this came from, and asks
            // nothing
            sa.mobility().childrenDue(true);
        }
    }

    /// UPDATE_SA_ADDRESSES is due before anything else.
    static void update(SaCore sa) {
        enqueue(sa, Task.Mobike.What.UPDATE);
    }

    /// Once is enough, as the addresses are looked at when its turn comes.
    static void enqueue(SaCore sa, Task.Mobike.What what) {
        if (!isQueued(sa, what)) {
            sa.tasks().addFirst(new Task.Mobike(what));
        }
    }

    private static boolean isQueued(SaCore sa, Task.Mobike.What what) {
        return sa.tasks().contains(new Task.Mobike(what));
    }

    /// Whatever the order.
    static boolean same(List<IpAddress> some, List<IpAddress> others) {
        return Set.copyOf(some).equals(Set.copyOf(others));
    }

    private static Path current(SaCore sa) {
        return Path.between(sa.local(), sa.remote());
    }

    private PathChoice() {}
}
