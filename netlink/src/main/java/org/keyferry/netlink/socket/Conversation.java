package org.keyferry.netlink.socket;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.keyferry.netlink.KernelLinkFailure.Reason;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;

/// What was asked and not yet answered on one socket. Knows no socket; one thread uses it.
final class Conversation {
    private static final int MAX_DUMP_ATTEMPTS = 8;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long timeoutNanos;
    private final Map<Integer, Pending<?>> inFlight = new LinkedHashMap<>();

    /// Further dumps wait: the kernel answers `EBUSY` to a second one.
    private final ArrayDeque<Pending<?>> dumps = new ArrayDeque<>();

    private boolean dumpRunning;
    private int lastSequence;

    Conversation(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    int size() {
        return inFlight.size();
    }

    void queueDump(Pending<?> dump) {
        dumps.add(dump);
    }

    /// The next dump if none runs, else null. It must be begun.
    Pending<?> nextDump() {
        if (dumpRunning || dumps.isEmpty()) return null;
        dumpRunning = true;
        return dumps.remove();
    }

    /// Gives the request a sequence number and appends it to a batch that is about to be sent.
    void begin(Pending<?> pending, ByteBuffer batch, long nowNanos) {
        do lastSequence++;
        while (lastSequence == 0 || inFlight.containsKey(lastSequence));
        pending.put(batch, lastSequence);
        pending.deadlineNanos(nowNanos + timeoutNanos);
        inFlight.put(lastSequence, pending);
    }

    /// Takes one message; those that nobody waits for any more are dropped.
    void handle(NetlinkMessage message) {
        if (message.type() == NetlinkMessage.OVERRUN) overrun();
        Pending<?> pending = inFlight.get(message.sequence());
        if (pending == null || message.type() == NetlinkMessage.NOOP) return;
        try {
            switch (message.type()) {
                case NetlinkMessage.ERROR ->
                        finish(message, pending, Acknowledgement.ofError(message));
                case NetlinkMessage.DONE -> {
                    pending.noteFlags(message);
                    finish(message, pending, Acknowledgement.ofDone(message));
                }
                default -> {
                    pending.answer(message);
                    pending.deadlineNanos(System.nanoTime() + timeoutNanos);
                }
            }
        } catch (MalformedKernelMessage e) {
            forget(message.sequence(), pending);
            pending.fail(e);
        }
    }

    private void finish(NetlinkMessage message, Pending<?> pending, Acknowledgement end) {
        forget(message.sequence(), pending);
        if (end.errno() != 0) pending.fail(end.toError(pending.description()));
        else if (!pending.wasInterrupted()) pending.complete();
        else if (pending.timesSent() == MAX_DUMP_ATTEMPTS) pending.fail(Reason.UNSTABLE_DUMP, null);
        else {
            pending.startOver();
            dumps.addFirst(pending);
        }
    }

    /// Answers were lost, we cannot know which. Dumps go on: the kernel waits with them until there
    /// is room.
    void overrun() {
        fail(pending -> !pending.isDump(), Reason.OVERRUN, null);
    }

    /// Fails what waited too long.
    void expire(long nowNanos) {
        fail(pending -> pending.deadlineNanos() - nowNanos <= 0, Reason.TIMEOUT, null);
    }

    /// Until the next request expires, rounded up; -1 if there is none.
    int millisToDeadline(long nowNanos) {
        long nanos =
                inFlight.values().stream()
                        .mapToLong(pending -> pending.deadlineNanos() - nowNanos)
                        .min()
                        .orElse(-1);
        if (inFlight.isEmpty()) return -1;
        return Math.clamp(nanos / NANOS_PER_MILLI + 1, 0, Integer.MAX_VALUE);
    }

    void failAll(Reason reason, Throwable cause) {
        fail(_ -> true, reason, cause);
        dumps.forEach(dump -> dump.fail(reason, cause));
        dumps.clear();
    }

    private void fail(Predicate<Pending<?>> which, Reason reason, Throwable cause) {
        List<Integer> sequences = new ArrayList<>();
        inFlight.forEach(
                (sequence, pending) -> {
                    if (which.test(pending)) sequences.add(sequence);
                });
        for (int sequence : sequences) {
            Pending<?> pending = inFlight.get(sequence);
            forget(sequence, pending);
            pending.fail(reason, cause);
        }
    }

    private void forget(int sequence, Pending<?> pending) {
        inFlight.remove(sequence);
        if (pending.isDump()) dumpRunning = false;
    }
}
