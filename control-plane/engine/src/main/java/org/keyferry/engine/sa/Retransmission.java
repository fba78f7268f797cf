package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.exchange.BackToUdp;
import org.keyferry.engine.exchange.PathChoice;
import org.keyferry.engine.exchange.Resumption;
import org.keyferry.engine.exchange.Streams;
import org.keyferry.engine.exchange.Succession;
import org.keyferry.engine.window.RequestWindow.Outstanding;
import org.keyferry.wire.ExchangeType;

/// Sends our request again until it is answered or given up (RFC 7296 §2.4): at a quicker pace
/// while paths are tried, and not at all while there is none.
final class Retransmission {
    private static final Duration WITHOUT_PATH = Duration.ofSeconds(10);

    /// Unanswered transmissions before other paths are looked for.
    private static final int SILENT_AFTER = 2;

    static State onDue(SaCore core, State state, Instant now, Outbox out) {
        Optional<Outstanding> open = core.requests().outstanding();
        if (open.isEmpty()
                || now.isBefore(open.get().due())
                || state instanceof State.Rekeyed
                || state instanceof State.Closed
                || state instanceof State.Lingering) {
            return state;
        }
        if (state instanceof State.ResumeSent sent) {
            Optional<State> next =
                    Resumption.onSilence(core, sent, open.get().transmissions(), out);
            if (next.isPresent()) {
                return next.get();
            }
        }
        if (BackToUdp.onSilence(core, open.get(), now, out)) {
            return state;
        }
        Mobility mobility = core.mobility();
        if (state instanceof State.Established && mobility.agreed() && mobility.stranded()) {
            later(core, now.plus(WITHOUT_PATH), out);
            return state;
        }
        if (mobility.search().filter(s -> s.probes() < Mobility.MOST_PROBES).isPresent()) {
            mobility.probed();
            int probes = mobility.search().get().probes();
            out.log(core, Group.IKE, 1, "path probing attempt %d", probes);
            Roaming.transmit(core, open.get().datagrams(), now, out);
            later(core, now.plus(Mobility.PROBE_INTERVAL), out);
            return state;
        }
        return again(core, state, open.get(), now, out);
    }

    private static void later(SaCore core, Instant due, Outbox out) {
        core.requests().postpone(due);
        out.timer(core.ownSpi(), TimerQueue.Kind.RETRANSMIT, due);
    }

    private static State again(
            SaCore core, State state, Outstanding open, Instant now, Outbox out) {
        int transmissions = open.transmissions();
        Optional<Outstanding> again = core.requests().again(now, core.settings(), core.random());
        if (again.isPresent()) {
            out.timer(core.ownSpi(), TimerQueue.Kind.RETRANSMIT, again.get().due());
            Streams.suspect(core, state, transmissions, out);
            if (core.remote().tcp()) {
                return state; // TCP repeats by itself (RFC 9329 §6.2)
            }
            out.log(
                    core,
                    Group.IKE,
                    0,
                    "retransmit %d of request with message ID %d",
                    transmissions,
                    open.messageId());
            Roaming.transmit(core, again.get().datagrams(), now, out);
            if (state instanceof State.Established && transmissions >= SILENT_AFTER) {
                PathChoice.suspect(core, out);
            }
            return state;
        }
        out.log(core, Group.IKE, 0, "giving up after %d retransmits", transmissions - 1);
        if (state instanceof State.Established up
                && up.rival().orElse(null) instanceof Rival.OfIke rival) {
            return Succession.yieldToRival(core, up.withoutOwn(), rival, now, out);
        }
        return state instanceof State.Deleting(Reason reason)
                ? new State.Closed(reason)
                : new State.Closed(
                        new Reason.Timeout(ExchangeType.name(open.exchangeType()), transmissions));
    }

    private Retransmission() {}
}
