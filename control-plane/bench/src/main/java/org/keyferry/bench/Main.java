package org.keyferry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.keyferry.bench.Report.Row;

/// Sets tunnels up with each responder in turn and prints a table. Started by
/// `control-plane/bench/run` in namespaces of its own.
public final class Main {
    private static final int WINDOW = 64;
    private static final String CHARON = "/usr/sbin/charon-systemd";

    private final Path home;
    private final Path work;
    private final Options options;
    private final Report report = new Report(System.out);

    private Main(Path home, Path work, Options options) {
        this.home = home;
        this.work = work;
        this.options = options;
    }

    /// @param args home of Keyferry's tree, a directory to work in, then the user's words
    public static void main(String[] args) throws IOException {
        Options options;
        try {
            options = Options.of(List.of(args).subList(2, args.length));
        } catch (IllegalArgumentException e) {
            System.err.println("run: " + e.getMessage());
            System.exit(2);
            return;
        }
        new Main(Path.of(args[0]), Files.createDirectories(Path.of(args[1])), options).run();
    }

    private void run() throws IOException {
        BenchIdentities identities = BenchIdentities.of(options.auth());
        if (options.charon()) {
            report.note(CharonConf.DESCRIPTION);
        }
        report.note("authentication: " + options.auth());
        report.head();
        for (int run = 0; run < options.runs(); run++) {
            if (options.keyferry()) {
                try (Responder keyferry = Responder.keyferry(home, work, false, identities)) {
                    measure(keyferry, identities);
                }
            }
            if (options.charon()) {
                try (Responder charon = Responder.charon(CHARON, work, identities)) {
                    measure(charon, identities);
                }
            }
        }
        if (options.runs() > 1) {
            report.medians();
        }
    }

    private void measure(Responder responder, BenchIdentities identities) throws IOException {
        long residentAtStart = responder.residentKib();
        OptionalLong heapAtStart = responder.liveHeapBytes();
        try (var generator =
                new LoadGenerator(
                        LoadGenerator.endpoint("127.0.0.2", 5000),
                        LoadGenerator.endpoint("127.0.0.1", 500),
                        identities)) {
            int before = 0;
            for (int tunnels : options.steps()) {
                double cpu = responder.cpuSeconds();
                long start = System.nanoTime();
                if (!generator.raiseTo(tunnels, WINDOW, options.limit())) {
                    report.note(
                            "%-10s %9d was not reached in %d s, which is the limit: %d were up; the next"
                                            .formatted(
                                                    responder.name(),
                                                    tunnels,
                                                    options.limit().toSeconds(),
                                                    generator.established())
                                    + " steps are left out");
                    return;
                }
                double wall = (System.nanoTime() - start) / 1e9;
                double spent = responder.cpuSeconds() - cpu;
                report.add(
                        new Row(
                                responder.name(),
                                tunnels,
                                (tunnels - before) / spent,
                                wall,
                                (double) (responder.residentKib() - residentAtStart) / tunnels,
                                heapKibEach(responder, heapAtStart, tunnels),
                                generator.retransmissions(),
                                responder.startSeconds()));
                before = tunnels;
            }
        }
    }

    private static OptionalDouble heapKibEach(
            Responder responder, OptionalLong atStart, int tunnels) throws IOException {
        OptionalLong now = responder.liveHeapBytes();
        return now.isPresent()
                ? OptionalDouble.of((now.getAsLong() - atStart.getAsLong()) / 1024.0 / tunnels)
                : OptionalDouble.empty();
    }
}
