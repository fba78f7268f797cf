package org.keyferry.cli;

import java.util.List;
import java.util.Optional;
import org.keyferry.vici.ViciMessage;

/// One row for each child: for routers with hundreds of tunnels.
final class TunnelTable {
    private TunnelTable() {}

    static Table of(Tunnels tunnels) {
        var table =
                new Table(
                        "CONNECTION",
                        "CHILD",
                        "STATE",
                        "REMOTE",
                        ">SINCE",
                        ">IN",
                        ">OUT",
                        "REMOTE NETWORKS");
        for (Tunnels.Connection connection : tunnels.connections()) {
            if (connection.children().isEmpty()) {
                String state = connection.isUp() ? "up" : "down";
                table.row(connection.name(), "", state, remote(connection), "", "", "", "");
            }
            connection.children().forEach(child -> row(table, connection, child));
        }
        return table;
    }

    private static void row(Table table, Tunnels.Connection connection, Tunnels.Child child) {
        Optional<ViciMessage> sa = child.sas().stream().reduce((_, newest) -> newest);
        String since =
                sa.filter(body -> body.has("install-time"))
                        .map(body -> Text.duration(body.getLong("install-time", 0)))
                        .orElse("");
        List<String> networks =
                sa.or(child::config).map(body -> body.getStrings("remote-ts")).orElse(List.of());
        table.row(
                connection.name(),
                child.name(),
                child.isShunt() ? "shunt" : child.isUp() ? "up" : "down",
                remote(connection),
                since,
                bytes(child, "bytes-in"),
                bytes(child, "bytes-out"),
                String.join(" ", networks));
    }

    /// Over all SAs of the child: there are two while one is rekeyed.
    private static String bytes(Tunnels.Child child, String key) {
        long sum = child.sas().stream().mapToLong(sa -> sa.getLong(key, 0)).sum();
        return child.sas().isEmpty() ? "" : Text.bytes(sum);
    }

    private static String remote(Tunnels.Connection connection) {
        return connection.ikeSas().stream()
                .reduce((_, newest) -> newest)
                .map(sa -> sa.getString("remote-host", "?"))
                .or(
                        () ->
                                connection
                                        .config()
                                        .map(c -> String.join(",", c.getStrings("remote_addrs"))))
                .orElse("?");
    }
}
