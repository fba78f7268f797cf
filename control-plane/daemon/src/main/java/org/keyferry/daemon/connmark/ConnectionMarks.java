package org.keyferry.daemon.connmark;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.nft.Nft;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Mark;

/// Tells clients behind one NAT apart that use transport mode: their packets have the same
/// addresses. A CHILD_SA with marks of its own in both directions marks what comes in by its SPI,
/// connections take the mark over, and what answers on them gets it, so that the policy of that
/// CHILD_SA applies. Rules are in a table of their own in nftables, which is there while a CHILD_SA
/// needs it.
public final class ConnectionMarks implements EventSink, AutoCloseable {
    private static final String TABLE = "inet keyferry-connmark";

    /// Packets that were on their way when a CHILD_SA was replaced.
    private static final Duration LATE_PACKETS = Duration.ofSeconds(30);

    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(15);
    private static final int WHOLE = -1;

    private final Nft nft;
    private final int encapsulatedPort;
    private final Log log;
    private final ScheduledExecutorService worker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("connmark").factory());

    /// What is in the kernel, by the inbound SPI; of the worker alone.
    private final Map<Integer, Marks> present = new HashMap<>();

    private record Marks(int in, int out) {}

    /// @param encapsulatedPort own UDP port of ESP behind NATs
    public ConnectionMarks(int encapsulatedPort, Log log) {
        this(Nft::byProgram, encapsulatedPort, log);
    }

    ConnectionMarks(Nft nft, int encapsulatedPort, Log log) {
        this.nft = nft;
        this.encapsulatedPort = encapsulatedPort;
        this.log = log;
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.ChildUp(_, var child) -> add(child.installation());
            case Event.ChildDown(_, var child, _) -> remove(child.installation(), Duration.ZERO);
            case Event.ChildRekeyed(_, var former, var now) -> {
                add(now.installation());
                remove(former.installation(), LATE_PACKETS);
            }
            default -> {} // SPIs and marks stay
        }
    }

    private void add(ChildInstallation child) {
        if (isConcerned(child)) {
            var marks = new Marks(child.tags().markIn().value(), child.tags().markOut().value());
            later(() -> put(child.spiIn().value(), marks, child.config().name()), Duration.ZERO);
        }
    }

    private void remove(ChildInstallation child, Duration after) {
        if (isConcerned(child)) {
            later(() -> take(child.spiIn().value()), after);
        }
    }

    private void later(Runnable work, Duration after) {
        try {
            var _ = worker.schedule(work, after.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // the whole table goes
        }
    }

    private static boolean isConcerned(ChildInstallation child) {
        var kernel = child.config().kernel();
        return child.mode() == ChildMode.TRANSPORT
                && isOwn(kernel.markIn())
                && isOwn(kernel.markOut());
    }

    private static boolean isOwn(Mark mark) {
        return mark.mask() == WHOLE
                && (mark.kind() == Mark.Kind.UNIQUE || mark.kind() == Mark.Kind.UNIQUE_DIR);
    }

    private void put(int spi, Marks marks, String name) {
        var rules = new StringBuilder();
        if (present.isEmpty()) {
            rules.append(table(encapsulatedPort));
        }
        rules.append("add element %s spis { %s : %s }\n".formatted(TABLE, hex(spi), hex(marks.in)));
        rules.append(
                "add element %s marks { %s : %s }\n"
                        .formatted(TABLE, hex(marks.in), hex(marks.out)));
        rules.append("add element %s answers { %s }\n".formatted(TABLE, hex(marks.out)));
        if (apply(rules, "connections over CHILD_SA '" + name + "' are not marked")) {
            present.put(spi, marks);
        }
    }

    private void take(int spi) {
        Marks marks = present.remove(spi);
        if (marks == null) {
            return;
        }
        var rules = new StringBuilder();
        if (present.isEmpty()) {
            rules.append("delete table %s\n".formatted(TABLE));
        } else {
            rules.append("delete element %s spis { %s }\n".formatted(TABLE, hex(spi)));
            if (!present.containsValue(marks)) { // its successor has the same
                rules.append("delete element %s marks { %s }\n".formatted(TABLE, hex(marks.in)));
                rules.append("delete element %s answers { %s }\n".formatted(TABLE, hex(marks.out)));
            }
        }
        var _ = apply(rules, "marks of a CHILD_SA that is gone stay");
    }

    private boolean apply(CharSequence rules, String loss) {
        try {
            nft.apply(rules.toString());
            return true;
        } catch (IOException e) {
            log.log(Group.KNL, 0, "%s: %s", loss, e.getMessage());
            return false;
        }
    }

    /// The table without elements, in place of one that another daemon left.
    static String table(int port) {
        return """
        table %1$s
        delete table %1$s
        table %1$s {
          map spis { typeof esp spi : meta mark; }
          map marks { typeof meta mark : ct mark; }
          set answers { typeof ct mark; }
          chain prerouting {
            type filter hook prerouting priority mangle;
            udp dport %2$d meta mark set @th,64,32 map @spis
            meta mark set esp spi map @spis
          }
          chain input {
            type filter hook input priority mangle;
            meta secpath exists ct mark set meta mark map @marks
          }
          chain output {
            type route hook output priority mangle;
            meta mark 0 ct mark @answers meta mark set ct mark
          }
        }
        """
                .formatted(TABLE, port);
    }

    private static String hex(int value) {
        return "0x%x".formatted(value);
    }

    /// Takes everything out of the kernel.
    @Override
    public void close() {
        try {
            worker.submit(this::takeAll).get(PATIENCE_AT_END.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.log(Group.KNL, 0, "table %s may stay: %s", TABLE, e);
        }
        worker.shutdownNow();
    }

    private void takeAll() {
        if (!present.isEmpty()) {
            present.clear();
            var _ = apply("delete table " + TABLE + "\n", "table of marks stays");
        }
    }
}
