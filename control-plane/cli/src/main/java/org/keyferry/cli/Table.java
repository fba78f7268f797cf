package org.keyferry.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Columns as wide as their widest cell, two blanks between them. A heading that begins with `>`
/// makes its column flush right.
final class Table {
    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        this.headings = List.of(headings);
    }

    void row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings);
        }
        rows.add(List.of(cells));
    }

    void print(PrintWriter out, Style style) {
        int[] widths = headings.stream().mapToInt(h -> bare(h).length()).toArray();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        out.println(style.strong(line(headings.stream().map(Table::bare).toList(), widths)));
        for (List<String> row : rows) {
            out.println(line(row, widths));
        }
    }

    private String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - cells.get(i).length());
            boolean right = headings.get(i).startsWith(">");
            line.append(right ? padding : "").append(cells.get(i)).append(right ? "" : padding);
            line.append("  ");
        }
        return line.toString().stripTrailing();
    }

    private static String bare(String heading) {
        return heading.startsWith(">") ? heading.substring(1) : heading;
    }
}
