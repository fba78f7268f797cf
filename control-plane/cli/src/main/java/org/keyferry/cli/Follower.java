package org.keyferry.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciPacket;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Follows a daemon's events, over its restarts.
final class Follower {
    private static final Duration PAUSE = Duration.ofMillis(250);

    @Mixin private DaemonOptions daemon;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End after N lines; for scripts that wait for something.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "End after that time; with --count, with status 1 if less came.")
    private Long seconds;

    @Option(
            names = "--no-reconnect",
            description = "End when the daemon ends, with status 3, instead of waiting for it.")
    private boolean once;

    /// What is done with events.
    interface Sink extends Predicate<ViciPacket.Event> {
        /// Takes an event and tells whether it was one of those wanted.
        @Override
        boolean test(ViciPacket.Event event);
    }

    /// Follows until enough was seen, the time is over, or nobody reads what we print.
    ///
    /// @param optional events that older daemons may lack; only the first of `events` may be one
    /// @return the exit status
    int follow(
            List<String> events, List<String> optional, Sink sink, PrintWriter out, PrintWriter err)
            throws ViciException {
        Optional<ViciClient> client = Optional.of(daemon.connect());
        long deadline =
                seconds == null ? Long.MAX_VALUE : System.nanoTime() + seconds * 1_000_000_000;
        var following = new Following(sink, out);
        while (client.isPresent()) {
            try (ViciClient listening = client.get()) {
                following.listen(listening, events, optional, remaining(deadline));
                return following.status();
            } catch (ViciException e) {
                if (e.kind() != ViciException.Kind.LOST || once) {
                    throw e;
                }
                err.println("keyferry: " + e.getMessage() + "; waiting for a daemon");
            }
            client = reconnect(deadline);
            client.ifPresent(_ -> err.println("keyferry: connected again"));
        }
        return following.status();
    }

    /// Empty if the time is over before a daemon is there.
    private Optional<ViciClient> reconnect(long deadline) throws ViciException {
        while (deadline == Long.MAX_VALUE || System.nanoTime() < deadline) {
            try {
                return Optional.of(daemon.connect());
            } catch (ViciException e) {
                if (e.kind() != ViciException.Kind.NOT_REACHABLE) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
        return Optional.empty();
    }

    private static Duration remaining(long deadline) {
        return deadline == Long.MAX_VALUE
                ? ViciClient.FOREVER
                : Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private final class Following {
        private final Sink sink;
        private final PrintWriter out;
        private long seen;
        private boolean unread;

        private Following(Sink sink, PrintWriter out) {
            this.sink = sink;
            this.out = out;
        }

        private void listen(
                ViciClient client, List<String> events, List<String> optional, Duration howLong)
                throws ViciException {
            try {
                client.listen(events, howLong, event -> take(event, client));
            } catch (ViciException e) {
                boolean older =
                        e.kind() == ViciException.Kind.UNKNOWN_EVENT
                                && optional.contains(events.getFirst());
                if (!older) {
                    throw e;
                }
                // the first failed, so nothing is registered yet
                var rest = new ArrayList<>(events.subList(1, events.size()));
                client.listen(rest, howLong, event -> take(event, client));
            }
        }

        private int status() {
            boolean tooFew = count != Long.MAX_VALUE && seen < count && !unread;
            return tooFew ? ExitCode.FAILED : ExitCode.OK;
        }

        private void take(ViciPacket.Event event, ViciClient client) {
            if (seen < count && sink.test(event)) {
                seen++;
                unread = out.checkError(); // flushes, too
            }
            if (unread || seen >= count) {
                client.close();
            }
        }
    }
}
