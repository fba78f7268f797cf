package org.keyferry.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "conns", description = "Shows the connections that the daemon has loaded.")
final class ConnsCommand extends DaemonCommand {
    private final Style style;

    @Option(names = "--ike", paramLabel = "NAME", description = "Only that connection.")
    private String ike;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    ConnsCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder();
        putIfGiven(request, "ike", ike);
        List<Section> conns = Listing.fetch(client, "list-conns", "list-conn", request.build());
        if (json) {
            Json.print(out(), generator -> Listing.write(generator, conns));
        } else {
            conns.forEach(this::print);
        }
        return ExitCode.OK;
    }

    private void print(Section conn) {
        ViciMessage body = conn.body();
        out().printf(
                        "%s  %s  %s%n",
                        style.strong(conn.name()),
                        body.getString("version", "IKE"),
                        String.join(
                                ", ",
                                interval(body, "rekey_time", "rekeyed every "),
                                interval(body, "reauth_time", "reauthenticated every ")));
        out().printf("  local   %s%n", words(body.getStrings("local_addrs")));
        out().printf("  remote  %s%n", words(body.getStrings("remote_addrs")));
        for (Section inner : body.sections()) {
            if (inner.name().equals("children")) {
                inner.body().sections().forEach(this::printChild);
            } else {
                out().printf("  %s  %s%n", inner.name(), round(inner.body()));
            }
        }
    }

    private static String interval(ViciMessage body, String key, String before) {
        long seconds = body.getLong(key, 0);
        return seconds == 0 ? "not " + before.split(" ", -1)[0] : before + Text.duration(seconds);
    }

    private static String round(ViciMessage round) {
        var text = new StringBuilder(round.getString("class", "any"));
        round.getString("eap-type").ifPresent(type -> text.append(" (").append(type).append(')'));
        for (String key : List.of("id", "eap_id", "xauth_id", "aaa_id", "ca_id")) {
            round.getValue(key)
                    .ifPresent(id -> text.append("  ").append(key).append(" ").append(id.text()));
        }
        for (String key : List.of("certs", "cacerts", "groups", "cert_policy")) {
            List<String> items = round.getStrings(key);
            if (!items.isEmpty()) {
                text.append("  ").append(key).append(" ");
                text.append(items.stream().collect(Collectors.joining("', '", "'", "'")));
            }
        }
        return text.toString();
    }

    private void printChild(Section child) {
        ViciMessage body = child.body();
        long seconds = body.getLong("rekey_time", 0);
        out().printf(
                        "  %s  %s  %s === %s  %s%n",
                        style.strong(child.name()),
                        body.getString("mode", "?"),
                        words(body.getStrings("local-ts")),
                        words(body.getStrings("remote-ts")),
                        seconds == 0 ? "not rekeyed" : "rekeyed every " + Text.duration(seconds));
    }

    private static String words(List<String> items) {
        return items.isEmpty() ? "%any" : String.join(" ", items);
    }
}
