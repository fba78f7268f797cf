package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.Roaming;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.engine.sa.UdpTrials;
import org.keyferry.engine.window.RequestWindow.Outstanding;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// An IKE_SA that had to go over TCP (`tcp = fallback`) leaves it again when UDP passes (RFC 9329
/// §7.1 with RFC 4555 §3.10). Now and then the initiator checks the path over UDP, with CHILD_SAs
/// staying where they are; only when the peer has answered over UDP, UPDATE_SA_ADDRESSES follows.
/// ESP is in UDP then even where no NAT is, as that is what was seen to pass.
public final class BackToUdp {
    private static final int IKE_PORT = 500;
    private static final int MOST_TRANSMISSIONS = 3;
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final Duration BUSY = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(2);

    private static boolean may(SaCore sa) {
        return sa.connection().tcp().fallsBack()
                && sa.remote().tcp()
                && sa.peerNatT()
                && sa.mobility().agreed()
                && sa.mobility().decides();
    }

    /// The IKE_SA is over TCP from now on.
    static void plan(SaCore sa, Instant now, Outbox out) {
        if (may(sa)) {
            wake(sa, sa.extensions().udp().plan(now, sa.random()), out);
        }
    }

    /// An IKE_SA is up, or has taken the place of another one.
    static void resume(SaCore sa, Instant now, Outbox out) {
        UdpTrials udp = sa.extensions().udp();
        if (may(sa) && udp.due().equals(Instant.MAX)) {
            plan(sa, now, out);
        } else if (may(sa)) {
            wake(sa, udp.due(), out);
        }
    }

    /// This host has another address: perhaps UDP passes there.
    static void moved(SaCore sa, Instant now, Outbox out) {
        if (may(sa)) {
            wake(sa, sa.extensions().udp().hurry(now, SOON), out);
        }
    }

    private static void wake(SaCore sa, Instant at, Outbox out) {
        out.timer(sa.ownSpi(), TimerQueue.Kind.STREAM, at);
    }

    /// It may be time to try.
    static void onTimer(SaCore sa, Instant now, Outbox out) {
        UdpTrials udp = sa.extensions().udp();
        if (!may(sa) || now.isBefore(udp.due())) {
            return;
        }
        boolean busy =
                !sa.requests().isFree()
                        || !sa.tasks().isEmpty()
                        || sa.currentTask().isPresent()
                        || sa.extensions().stream().isOpening()
                        || sa.extensions().stream().isLost();
        if (busy) {
            udp.due(now.plus(BUSY));
            wake(sa, udp.due(), out);
            return;
        }
        sa.tasks().add(new Task.Mobike(Task.Mobike.What.TRY_UDP));
    }

    /// The request is about to be sent.
    static void begin(SaCore sa, Instant now, Outbox out) {
        if (!may(sa)) {
            return; // it goes its ordinary way, and tells nothing
        }
        IpAddress remote = sa.remote().address();
        int configured = sa.connection().remotePort();
        int port = configured == IKE_PORT ? sa.settings().portNatT() : configured;
        var to = new Endpoint(remote, port);
        var from = new Endpoint(sa.local().address(), sa.settings().portNatT());
        out.log(sa, Group.NET, 1, "trying whether UDP passes to %s", to);
        sa.extensions().udp().begin(from, to, now);
    }

    /// The request is not answered.
    ///
    /// @return whether it is seen to
    public static boolean onSilence(SaCore sa, Outstanding open, Instant now, Outbox out) {
        UdpTrials udp = sa.extensions().udp();
        if (udp.trial().isEmpty()) {
            return false;
        }
        if (udp.trial().get().sent() < MOST_TRANSMISSIONS) {
            udp.again();
            Roaming.transmit(sa, open.datagrams(), now, out);
            pace(sa, now, out);
        } else {
            out.log(sa, Group.NET, 1, "UDP does not pass to %s", udp.trial().get().remote());
            udp.failed();
            plan(sa, now, out);
            Roaming.transmit(sa, open.datagrams(), now, out);
            Instant due = now.plus(sa.settings().retransmitTimeout());
            sa.requests().postpone(due);
            out.timer(sa.ownSpi(), TimerQueue.Kind.RETRANSMIT, due);
        }
        return true;
    }

    /// When the request is due again.
    static void pace(SaCore sa, Instant now, Outbox out) {
        if (sa.extensions().udp().trial().isPresent()) {
            Instant due = now.plus(PACE);
            sa.requests().postpone(due);
            out.timer(sa.ownSpi(), TimerQueue.Kind.RETRANSMIT, due);
        }
    }

    /// The peer has answered, with what only it can have made.
    public static void onAnswer(SaCore sa, Endpoint to, Endpoint from) {
        UdpTrials udp = sa.extensions().udp();
        udp.trial()
                .filter(t -> t.local().equals(to) && t.remote().equals(from))
                .ifPresent(_ -> udp.answered());
    }

    /// What the answer means, which was looked at.
    static void concluded(SaCore sa, Established up, Instant now, Outbox out) {
        UdpTrials udp = sa.extensions().udp();
        var trial = udp.trial();
        if (trial.isEmpty()) {
            return; // it came too late, or was sent by TCP
        }
        if (!trial.get().answered() || !may(sa)) {
            udp.failed();
            plan(sa, now, out);
            return;
        }
        out.log(sa, Group.NET, 1, "UDP passes to %s, leaving TCP", trial.get().remote());
        udp.passes(new UdpTrials.Left(sa.local(), sa.remote()), now);
        Roaming.moveIke(sa, up, trial.get().local(), trial.get().remote(), out);
        PathChoice.update(sa);
    }

    /// The peer knows: the connection is of no use any more.
    static void arrived(SaCore sa, Outbox out) {
        if (sa.extensions().udp().isLeaving() && !sa.remote().tcp()) {
            sa.nat(sa.natLocal(), true); // as the peer was told
            close(sa, out);
        }
    }

    /// Whatever became of it.
    static void close(SaCore sa, Outbox out) {
        sa.extensions()
                .udp()
                .takeLeft()
                .ifPresent(left -> out.add(new Effect.CloseStream(left.local(), left.remote())));
    }

    private BackToUdp() {}
}
