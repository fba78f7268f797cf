package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Path;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Stream;
import org.keyferry.engine.sa.Task;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// IKE over TCP (RFC 9329): when a connection is opened, what goes over it, and what becomes of an
/// IKE_SA that loses its own. An IKE_SA has one connection, and so do those that rekeying puts in
/// its place. The side that sent the first IKE_SA_INIT request opens it, and opens it again (§6.1).
public final class Streams {
    /// Unanswered transmissions over UDP before TCP is tried (§5.1).
    private static final int SILENT_AFTER = 2;

    /// As initiator: the endpoints to begin with. Those of a former SA tell whether TCP was needed
    /// for this peer before; of its connection only the addresses are of use.
    ///
    /// Without MOBIKE nothing else tells whether UDP passes by now. To try costs nothing as long as
    /// the former one is there.
    static void choose(SaCore sa) {
        boolean before = sa.remote().tcp();
        boolean triesUdp =
                !sa.connection().mobike() && !sa.replacement().predecessor().equals(IkeSpi.ZERO);
        IpAddress local = sa.local().address();
        IpAddress remote = sa.remote().address();
        if (sa.connection().tcp().always() || (before && fallsBack(sa) && !triesUdp)) {
            sa.endpoints(Endpoint.ofTcp(local, 0), target(sa, remote));
        } else if (before) {
            sa.endpoints(
                    new Endpoint(local, sa.settings().port()),
                    new Endpoint(remote, sa.connection().remotePort()));
        }
    }

    private static boolean fallsBack(SaCore sa) {
        return sa.connection().tcp().fallsBack();
    }

    private static Endpoint target(SaCore sa, IpAddress remote) {
        return Endpoint.ofTcp(remote, sa.connection().tcp().port());
    }

    /// Whether nothing can be sent before a connection is there.
    static boolean isNeeded(SaCore sa) {
        return sa.remote().tcp() && sa.local().port() == 0;
    }

    static void open(SaCore sa, Path path, Outbox out) {
        Stream stream = sa.extensions().stream();
        if (!stream.isOpening()) {
            stream.asked();
            out.add(new Effect.OpenStream(sa.ownSpi(), path.local(), target(sa, path.remote())));
        }
    }

    static void open(SaCore sa, Outbox out) {
        open(sa, Path.between(sa.local(), sa.remote()), out);
    }

    /// A request of ours is not answered. Over UDP, TCP may get through; over TCP, it may be that
    /// only we believe in the connection.
    ///
    /// @param transmissions so far, at least 1
    public static void suspect(SaCore sa, State state, int transmissions, Outbox out) {
        boolean up = state instanceof Established;
        boolean mayMove = up && sa.mobility().agreed() && sa.mobility().decides();
        boolean tries =
                sa.remote().tcp()
                        ? up && sa.mobility().decides()
                        : fallsBack(sa) && (mayMove || state instanceof State.InitSent);
        if (tries && transmissions >= SILENT_AFTER) {
            if (!sa.remote().tcp() && !sa.extensions().stream().isOpening()) {
                out.log(sa, Group.NET, 1, "%s does not answer over UDP, trying TCP", sa.remote());
            }
            open(sa, out);
        }
    }

    /// A request of a set-up was not answered by UDP: whether TCP is tried, as it may be.
    static boolean isTried(SaCore sa, Outbox out) {
        if (sa.remote().tcp() || !fallsBack(sa)) {
            return false;
        }
        if (!sa.extensions().stream().isOpening()) {
            out.log(sa, Group.NET, 1, "%s does not answer over UDP, trying TCP", sa.remote());
            open(sa, out);
        }
        return true;
    }

    /// The connection is there.
    public static State onOpened(
            SaCore sa, State state, Endpoint local, Endpoint remote, Instant now, Outbox out) {
        sa.extensions().stream().opened();
        boolean ended =
                state instanceof State.Closed
                        || state instanceof State.Lingering
                        || state instanceof State.Rekeyed;
        boolean needed =
                sa.remote().tcp()
                        || state instanceof State.InitSent
                        || state instanceof State.ResumeSent
                        || (state instanceof Established && !sa.requests().isFree());
        if (ended || !needed) { // over UDP it was answered after all
            out.add(new Effect.CloseStream(local, remote));
            return state;
        }
        out.log(sa, Group.NET, 1, "TCP connection from %s to %s is open", local, remote);
        Endpoint formerLocal = sa.local();
        Endpoint formerRemote = sa.remote();
        State next = goOn(sa, state, local, remote, now, out);
        if (formerRemote.tcp() && formerLocal.port() != 0) {
            out.add(new Effect.CloseStream(formerLocal, formerRemote));
        }
        BackToUdp.close(sa, out);
        if (state instanceof Established) {
            afterMove(sa, formerLocal, formerRemote, now, out);
        }
        return next;
    }

    /// Over TCP, for the first time or from somewhere else.
    private static void afterMove(
            SaCore sa, Endpoint formerLocal, Endpoint formerRemote, Instant now, Outbox out) {
        if (!formerRemote.tcp()) {
            sa.extensions().udp().passesNoMore(now);
            BackToUdp.plan(sa, now, out);
        } else if (!formerLocal.address().equals(sa.local().address())) {
            BackToUdp.moved(sa, now, out);
        } else {
            BackToUdp.resume(sa, now, out);
        }
    }

    private static State goOn(
            SaCore sa, State state, Endpoint local, Endpoint remote, Instant now, Outbox out) {
        switch (state) {
            case State.Connecting(var draft, var key) -> {
                sa.endpoints(local, remote);
                return IkeSaInit.send(sa, draft, key, now, out);
            }
            case State.ConnectingToResume connecting -> {
                sa.endpoints(local, remote);
                return Resumption.connected(sa, connecting, now, out);
            }
            case State.ResumeSent sent -> {
                sa.endpoints(local, remote);
                return Resumption.again(sa, sent, now, out);
            }
            case State.InitSent(var draft, var key, _) -> {
                // what it says of the path is not true any more
                sa.endpoints(local, remote);
                sa.requests().withdraw();
                return IkeSaInit.send(sa, draft, key, now, out);
            }
            case Established up -> {
                sa.extensions().udp().ended();
                moveTo(sa, up, local, remote, out);
                sa.mobility().childrenDue(true);
            }
            default -> sa.endpoints(local, remote);
        }
        repeat(sa, now, out);
        return state;
    }

    /// The peer has to hear of the new connection (§6.1).
    private static void moveTo(
            SaCore sa, Established up, Endpoint local, Endpoint remote, Outbox out) {
        sa.mobility().searched();
        sa.mobility().suspected(false);
        sa.mobility().stranded(false);
        Roaming.moveIke(sa, up, local, remote, out);
        if (sa.mobility().agreed()) {
            PathChoice.update(sa);
        } else if (sa.requests().isFree()) {
            sa.tasks().addFirst(new Task.Liveness());
        }
    }

    /// What was sent over another connection may have got lost with it (§6.2).
    private static void repeat(SaCore sa, Instant now, Outbox out) {
        sa.requests()
                .outstanding()
                .ifPresent(request -> Roaming.transmit(sa, request.datagrams(), now, out));
    }

    /// There is no connection to be had.
    public static State onRefused(
            SaCore sa, State state, Endpoint remote, String why, Instant now, Outbox out) {
        Stream stream = sa.extensions().stream();
        stream.refused();
        out.log(sa, Group.NET, 0, "no TCP connection to %s: %s", remote, why);
        var reason = new Reason.NoStream(remote + ": " + why);
        if (state instanceof State.Connecting) {
            return new State.Closed(reason);
        }
        Optional<State> afterTicket = Resumption.notConnected(sa, state, reason, out);
        if (afterTicket.isPresent()) {
            return afterTicket.get();
        }
        if (stream.isLost()) {
            out.timer(sa.ownSpi(), TimerQueue.Kind.STREAM, now.plus(stream.pause()));
        }
        return state;
    }

    /// The SA's connection is broken.
    public static void onLost(SaCore sa, State state, Outbox out) {
        boolean live =
                !(state instanceof State.Closed
                        || state instanceof State.Lingering
                        || state instanceof State.Rekeyed);
        if (live && sa.mobility().decides()) {
            out.log(sa, Group.NET, 1, "TCP connection to %s is broken", sa.remote());
            sa.extensions().stream().lost();
            reopen(sa, out);
        }
    }

    /// It is time to try again.
    public static void onTimer(SaCore sa, Instant now, Outbox out) {
        if (sa.extensions().stream().isLost()) {
            reopen(sa, out);
        }
        BackToUdp.onTimer(sa, now, out);
    }

    /// From where this host is now.
    private static void reopen(SaCore sa, Outbox out) {
        boolean moved =
                sa.lookup()
                        .ownAddresses()
                        .filter(own -> !own.contains(sa.local().address()))
                        .isPresent();
        if (moved) {
            List<IpAddress> remotes = List.of(sa.remote().address());
            out.add(new Effect.FindPaths(sa.ownSpi(), sa.local().address(), remotes));
        } else {
            open(sa, out);
        }
    }

    /// The host's ways to the peer are others than before.
    ///
    /// @param paths at least one
    static void onPaths(SaCore sa, List<Path> paths, Outbox out) {
        sa.mobility().stranded(false);
        boolean stays =
                paths.contains(Path.between(sa.local(), sa.remote()))
                        && !sa.extensions().stream().isLost();
        if (!stays) {
            open(sa, paths.getFirst(), out);
        }
    }

    /// As responder: a message that only the peer can have made, and that was not here before, came
    /// over another connection. From now on that is the one (§6.1).
    public static void follow(SaCore sa, State state, Endpoint to, Endpoint from, Outbox out) {
        boolean another = from.tcp() && !from.equals(sa.remote());
        boolean same = sa.remote().tcp() || !sa.mobility().agreed();
        if (!another || !same || sa.mobility().decides() || !(state instanceof Established up)) {
            return;
        }
        Endpoint formerLocal = sa.local();
        Endpoint formerRemote = sa.remote();
        Roaming.moveIke(sa, up, to, from, out);
        sa.mobility().childrenDue(true);
        out.add(new Effect.KeepStream(to, from));
        if (formerRemote.tcp()) {
            out.add(new Effect.CloseStream(formerLocal, formerRemote));
        }
        repeat(sa, sa.now(), out);
    }

    /// As responder: MOBIKE has moved the IKE_SA from there.
    static void moved(SaCore sa, Endpoint formerLocal, Endpoint formerRemote, Outbox out) {
        keep(sa, out);
        if (formerRemote.tcp() && !formerRemote.equals(sa.remote())) {
            out.add(new Effect.CloseStream(formerLocal, formerRemote));
        }
    }

    /// The peer has proved itself: its connection may stay.
    static void keep(SaCore sa, Outbox out) {
        if (sa.remote().tcp()) {
            out.add(new Effect.KeepStream(sa.local(), sa.remote()));
        }
    }

    /// The SA is at its end. A rekeyed one leaves its connection to its successor, and of two
    /// successors one to the other.
    public static void leave(SaCore sa, Outbox out) {
        boolean own = !sa.extensions().stream().isHandedOver();
        if (own) {
            BackToUdp.close(sa, out);
        }
        if (sa.remote().tcp() && sa.local().port() != 0 && own) {
            out.add(new Effect.CloseStream(sa.local(), sa.remote()));
        }
    }

    private Streams() {}
}
