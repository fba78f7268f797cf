package org.keyferry.cli;

import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "stats", description = "Shows how long the daemon runs, its load and its memory.")
final class StatsCommand extends DaemonCommand {
    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    @Override
    int run(ViciClient client) throws Exception {
        ViciMessage stats = client.request("stats", ViciMessage.EMPTY);
        if (json) {
            Json.print(out(), generator -> Json.numbers(generator, stats));
            return ExitCode.OK;
        }
        line(
                "running for",
                stats.getString("uptime.running", "?")
                        + ", since "
                        + stats.getString("uptime.since", "?"));
        line(
                "IKE SAs",
                stats.getLong("ikesas.total", 0)
                        + ", "
                        + stats.getLong("ikesas.half-open", 0)
                        + " of them half open");
        line(
                "workers",
                "%d, %d idle; working: %s"
                        .formatted(
                                stats.getLong("workers.total", 0),
                                stats.getLong("workers.idle", 0),
                                priorities(stats, "workers.active")));
        line("queued jobs", priorities(stats, "queues"));
        line("scheduled", Text.counted(stats.getLong("scheduled", 0), "job"));
        if (stats.has("mallinfo.used")) {
            line("memory", Text.bytes(stats.getLong("mallinfo.used", 0)) + " in use");
        }
        line("plugins", String.join(" ", stats.getStrings("plugins")));
        return ExitCode.OK;
    }

    private static String priorities(ViciMessage stats, String path) {
        return "%d critical, %d high, %d medium, %d low"
                .formatted(
                        stats.getLong(path + ".critical", 0),
                        stats.getLong(path + ".high", 0),
                        stats.getLong(path + ".medium", 0),
                        stats.getLong(path + ".low", 0));
    }

    private void line(String what, String text) {
        out().printf("%-12s %s%n", what, text);
    }
}
