package org.keyferry.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Has many seeds live long ([LongLife]), on all processor cores.
public final class Seeds {
    private static final long SECONDS_BETWEEN_REPORTS = 60;

    private final Duration life;
    private final LongLife.Kind kind;
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Map<LongLife.Fate, Long> fates = new EnumMap<>(LongLife.Fate.class);
    private final AtomicLong next;
    private final long end;
    private long done;

    private Seeds(long first, long count, Duration life, LongLife.Kind kind) {
        this.life = life;
        this.kind = kind;
        this.next = new AtomicLong(first);
        this.end = first + count;
    }

    /// What became of them.
    ///
    /// @param failures a line for each seed that failed
    public record Outcome(long seeds, List<String> failures, Map<LongLife.Fate, Long> fates) {}

    /// Each seed in a world of its own.
    public static Outcome live(
            long first, long count, Duration life, LongLife.Kind kind, int threads) {
        return new Seeds(first, count, life, kind).run(threads, false);
    }

    private Outcome run(int threads, boolean reports) {
        long start = System.nanoTime();
        var workers = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofPlatform().start(this::work));
        }
        try {
            long reported = 0;
            for (Thread worker : workers) {
                while (!worker.join(Duration.ofSeconds(1))) {
                    long seconds = (System.nanoTime() - start) / 1_000_000_000L;
                    if (reports && seconds >= reported + SECONDS_BETWEEN_REPORTS) {
                        reported = seconds;
                        report(seconds);
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (reports) {
            report((System.nanoTime() - start) / 1_000_000_000L);
        }
        return new Outcome(done, List.copyOf(failures), Map.copyOf(fates));
    }

    private void work() {
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            try {
                add(LongLife.of(seed, life, kind));
            } catch (AssertionError e) {
                failures.add(e.getMessage());
                System.out.println(e.getMessage());
                add(Map.of());
            }
        }
    }

    private synchronized void add(Map<LongLife.Fate, Integer> some) {
        done++;
        some.forEach((fate, times) -> fates.merge(fate, (long) times, Long::sum));
    }

    private synchronized void report(long seconds) {
        System.out.printf(
                "%d seeds of %d days in %d s (%d a minute), %d failed; %s%n",
                done,
                life.toDays(),
                seconds,
                done * 60 / Math.max(1, seconds),
                failures.size(),
                fates);
    }

    /// @param args the first seed, how many, and days of life; or `show SEED DAYS LINES`; either
    ///   way with `rich` behind that for lives with extras
    public static void main(String[] args) {
        boolean rich = args.length > 0 && args[args.length - 1].equals("rich");
        var kind = rich ? LongLife.Kind.RICH : LongLife.Kind.PLAIN;
        run(rich ? Arrays.copyOf(args, args.length - 1) : args, kind);
    }

    private static void run(String[] args, LongLife.Kind kind) {
        if (args.length > 0 && args[0].equals("show")) {
            long seed = Long.parseLong(args[1]);
            Duration life = Duration.ofDays(Long.parseLong(args[2]));
            System.out.println(LongLife.recorded(seed, life, kind, Integer.parseInt(args[3])));
            return;
        }
        long first = args.length > 0 ? Long.parseLong(args[0]) : 0;
        long count = args.length > 1 ? Long.parseLong(args[1]) : 2_000;
        Duration life = Duration.ofDays(args.length > 2 ? Long.parseLong(args[2]) : 3);
        int threads = Runtime.getRuntime().availableProcessors();
        Outcome outcome = new Seeds(first, count, life, kind).run(threads, true);
        System.exit(outcome.failures().isEmpty() ? 0 : 1);
    }
}
