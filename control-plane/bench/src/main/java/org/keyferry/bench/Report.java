package org.keyferry.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/// The table: a line for each step as it is measured, medians at the end.
final class Report {
    /// One step of one run.
    ///
    /// @param startSeconds from the start of the process to an answer on its VICI socket
    record Row(
            String responder,
            int tunnels,
            double setUpsPerCpuSecond,
            double wallSeconds,
            double residentKibEach,
            OptionalDouble heapKibEach,
            double retransmissions,
            double startSeconds) {}

    private final List<Row> rows = new ArrayList<>();
    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void head() {
        out.printf(
                "%-10s %9s %15s %8s %14s %14s %9s %8s%n",
                "responder",
                "tunnels",
                "set-ups/CPU-s",
                "wall s",
                "RSS KiB each",
                "heap KiB each",
                "retrans.",
                "start s");
    }

    void add(Row row) {
        rows.add(row);
        print(row);
    }

    void note(String text) {
        out.println(text);
    }

    /// Prints the median of each step over all runs in which it came to its end.
    void medians() {
        out.println("medians:");
        var done = new ArrayList<String>();
        for (Row row : rows) {
            String step = row.responder() + row.tunnels();
            if (!done.contains(step)) {
                done.add(step);
                printMedian(
                        rows.stream()
                                .filter(r -> (r.responder() + r.tunnels()).equals(step))
                                .toList());
            }
        }
    }

    private void printMedian(List<Row> same) {
        Row first = same.getFirst();
        print(
                new Row(
                        first.responder(),
                        first.tunnels(),
                        median(same, Row::setUpsPerCpuSecond),
                        median(same, Row::wallSeconds),
                        median(same, Row::residentKibEach),
                        first.heapKibEach().isEmpty()
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(
                                        median(same, r -> r.heapKibEach().orElseThrow())),
                        median(same, Row::retransmissions),
                        median(same, Row::startSeconds)));
    }

    /// The middle of the values, the mean of both middles of an even number.
    static double median(List<Row> rows, ToDoubleFunction<Row> column) {
        double[] values = rows.stream().mapToDouble(column).toArray();
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private void print(Row row) {
        String heap =
                row.heapKibEach().isPresent()
                        ? String.format(Locale.ROOT, "%.2f", row.heapKibEach().getAsDouble())
                        : "-";
        out.printf(
                Locale.ROOT,
                "%-10s %9d %15.0f %8.1f %14.2f %14s %9.0f %8.2f%n",
                row.responder(),
                row.tunnels(),
                row.setUpsPerCpuSecond(),
                row.wallSeconds(),
                row.residentKibEach(),
                heap,
                row.retransmissions(),
                row.startSeconds());
    }
}
