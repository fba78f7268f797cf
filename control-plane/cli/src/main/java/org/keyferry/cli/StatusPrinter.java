package org.keyferry.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keyferry.vici.ViciMessage;

/// The readable form of `keyferry status`.
record StatusPrinter(PrintWriter out, Style style) {
    void print(Tunnels tunnels) {
        tunnels.connections().forEach(this::print);
    }

    void printCounts(Tunnels tunnels) {
        long up = tunnels.connections().stream().filter(Tunnels.Connection::isUp).count();
        var children =
                tunnels.connections().stream()
                        .flatMap(c -> c.children().stream())
                        .filter(child -> !child.isShunt())
                        .toList();
        long childrenUp = children.stream().filter(Tunnels.Child::isUp).count();
        out.printf(
                "%d of %s up, %d of %s up%n",
                up,
                Text.counted(tunnels.connections().size(), "connection"),
                childrenUp,
                children.size() == 1 ? "1 child" : children.size() + " children");
    }

    private void print(Tunnels.Connection connection) {
        out.printf(
                "%s  %s  %s%n",
                style.strong(connection.name()),
                upOrDown(connection.isUp()),
                connection.config().map(StatusPrinter::addresses).orElse("no longer configured"));
        connection.ikeSas().forEach(this::printIkeSa);
        connection.children().forEach(this::print);
        out.flush(); // thousands of them need not wait for the last
    }

    private static String addresses(ViciMessage config) {
        return "%s  %s === %s"
                .formatted(
                        config.getString("version", "IKE"),
                        String.join(",", config.getStrings("local_addrs")),
                        String.join(",", config.getStrings("remote_addrs")));
    }

    private void printIkeSa(ViciMessage sa) {
        String facts =
                joined(
                        List.of(
                                Optional.of(sa.getString("state", "?")),
                                seconds(sa, "established", "for "),
                                seconds(sa, "rekey-time", "rekey in "),
                                seconds(sa, "reauth-time", "reauthentication in "),
                                proposal(sa)));
        out.printf("  IKE SA #%s  %s%n", sa.getString("uniqueid", "?"), facts);
        out.printf(
                "    local   %s%n",
                end(sa, "local", sa.has("initiator") ? "initiator" : "responder"));
        out.printf(
                "    remote  %s%n",
                end(sa, "remote", sa.has("initiator") ? "responder" : "initiator"));
    }

    private static String end(ViciMessage sa, String side, String role) {
        return "%s[%s]  '%s'  SPI %s (%s)%s"
                .formatted(
                        sa.getString(side + "-host", "?"),
                        sa.getString(side + "-port", "?"),
                        sa.getValue(side + "-id").map(id -> id.text()).orElse("?"),
                        sa.getString(role + "-spi", "?"),
                        role,
                        sa.has("nat-" + side) ? ", behind NAT" : "");
    }

    private void print(Tunnels.Child child) {
        String selectors =
                child.config()
                        .map(config -> selectors(config) + mode(config))
                        .orElse("no longer configured");
        out.printf(
                "  %s  %s  %s%n",
                style.strong(child.name()),
                child.isShunt() ? "shunt" : upOrDown(child.isUp()),
                selectors);
        child.sas().forEach(this::printChildSa);
    }

    private static String encapsulation(ViciMessage sa) {
        if (sa.has("tcp")) {
            return " in TCP";
        }
        return sa.has("encap") ? " in UDP" : "";
    }

    private void printChildSa(ViciMessage sa) {
        String facts =
                joined(
                        List.of(
                                Optional.of(sa.getString("state", "?")),
                                sa.getString("mode"),
                                Optional.of(sa.getString("protocol", "") + encapsulation(sa))
                                        .filter(protocol -> !protocol.isBlank()),
                                proposal(sa),
                                seconds(sa, "install-time", "for "),
                                seconds(sa, "rekey-time", "rekey in "),
                                seconds(sa, "life-time", "ends in ")));
        out.printf(
                "    SA #%s  reqid %s  %s%n",
                sa.getString("uniqueid", "?"), sa.getString("reqid", "?"), facts);
        out.printf("      %s%n", selectors(sa));
        for (String direction : List.of("in", "out")) {
            if (sa.has("spi-" + direction)) {
                out.printf("      %s%n", traffic(sa, direction));
            }
        }
    }

    private static String traffic(ViciMessage sa, String direction) {
        return "%-3s  SPI %s  %s  %s%s"
                .formatted(
                        direction,
                        sa.getString("spi-" + direction, "?"),
                        Text.bytes(sa.getLong("bytes-" + direction, 0)),
                        Text.counted(sa.getLong("packets-" + direction, 0), "packet"),
                        seconds(sa, "use-" + direction, "  last ").map(s -> s + " ago").orElse(""));
    }

    private static String selectors(ViciMessage message) {
        return String.join(" ", message.getStrings("local-ts"))
                + " === "
                + String.join(" ", message.getStrings("remote-ts"));
    }

    private static String mode(ViciMessage config) {
        String mode = config.getString("mode", "TUNNEL");
        return mode.equals("TUNNEL") ? "" : "  " + mode;
    }

    private static Optional<String> proposal(ViciMessage sa) {
        String names =
                Stream.of(
                                sized(sa, "encr"),
                                sized(sa, "integ"),
                                sa.getString("prf-alg"),
                                sa.getString("dh-group"))
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining("/"));
        return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }

    private static Optional<String> sized(ViciMessage sa, String kind) {
        String size = sa.getString(kind + "-keysize").map(bits -> "-" + bits).orElse("");
        return sa.getString(kind + "-alg").map(name -> name + size);
    }

    private static Optional<String> seconds(ViciMessage sa, String key, String before) {
        var number = sa.getNumber(key);
        return number.isPresent()
                ? Optional.of(before + Text.duration(number.getAsLong()))
                : Optional.empty();
    }

    private static String joined(List<Optional<String>> facts) {
        return facts.stream().flatMap(Optional::stream).collect(Collectors.joining(", "));
    }

    private String upOrDown(boolean up) {
        return up ? style.good("up") : style.bad("down");
    }
}
