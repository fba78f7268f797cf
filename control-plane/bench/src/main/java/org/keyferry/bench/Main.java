package org.keyferry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// Sets tunnels up with each responder in turn and prints a table. Started by
/// `control-plane/bench/run` in namespaces of its own.
public final class Main {
    private static final int WINDOW = 64;

    private record Row(
            String responder,
            int tunnels,
            double setUpsPerCpuSecond,
            double wallSeconds,
            double residentKibEach,
            String heapKibEach,
            long retransmissions) {}

    /// @param args home of Keyferry's tree, a directory to work in, charon's path or `none`, then
    ///   the numbers of tunnels
    public static void main(String[] args) throws IOException {
        Path home = Path.of(args[0]);
        Path work = Files.createDirectories(Path.of(args[1]));
        var steps = new ArrayList<Integer>();
        for (int i = 3; i < args.length; i++) {
            steps.add(Integer.parseInt(args[i]));
        }
        printHead();
        try (Responder keyferry = Responder.keyferry(home, work, false)) {
            measure(keyferry, steps);
        }
        if (!"none".equals(args[2])) {
            try (Responder charon = Responder.charon(args[2], work)) {
                measure(charon, steps);
            }
        }
    }

    private static void measure(Responder responder, List<Integer> steps) throws IOException {
        long residentAtStart = responder.residentKib();
        OptionalLong heapAtStart = responder.liveHeapBytes();
        try (var generator =
                new LoadGenerator(
                        LoadGenerator.endpoint("127.0.0.2", 5000),
                        LoadGenerator.endpoint("127.0.0.1", 500))) {
            int before = 0;
            for (int tunnels : steps) {
                double cpu = responder.cpuSeconds();
                long start = System.nanoTime();
                generator.raiseTo(tunnels, WINDOW);
                double wall = (System.nanoTime() - start) / 1e9;
                double spent = responder.cpuSeconds() - cpu;
                double resident = responder.residentKib() - residentAtStart;
                OptionalLong heap = responder.liveHeapBytes();
                print(
                        new Row(
                                responder.name(),
                                tunnels,
                                (tunnels - before) / spent,
                                wall,
                                resident / tunnels,
                                heap.isPresent()
                                        ? "%.2f"
                                                .formatted(
                                                        (heap.getAsLong() - heapAtStart.getAsLong())
                                                                / 1024.0
                                                                / tunnels)
                                        : "-",
                                generator.retransmissions()));
                before = tunnels;
            }
        }
    }

    private static void printHead() {
        System.out.printf(
                "%-10s %9s %15s %9s %15s %15s %8s%n",
                "responder",
                "tunnels",
                "set-ups/CPU-s",
                "wall s",
                "RSS KiB each",
                "heap KiB each",
                "retrans.");
    }

    private static void print(Row row) {
        System.out.printf(
                Locale.ROOT,
                "%-10s %9d %15.0f %9.1f %15.2f %15s %8d%n",
                row.responder(),
                row.tunnels(),
                row.setUpsPerCpuSecond(),
                row.wallSeconds(),
                row.residentKibEach(),
                row.heapKibEach(),
                row.retransmissions());
    }

    private Main() {}
}
