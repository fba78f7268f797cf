package org.keyferry.cli;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciPacket;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "log",
        description = {
            "Follows the daemon's log, over restarts of the daemon.",
            "Daemons send lines up to level 1 only; what is above goes to their log files."
        })
final class LogCommand implements Callable<Integer> {
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private static final Set<String> GROUPS =
            Set.of(
                    "DMN", "MGR", "IKE", "CHD", "JOB", "CFG", "KNL", "NET", "ASN", "ENC", "TNC",
                    "IMC", "IMV", "PTS", "TLS", "APP", "ESP", "LIB", "WCH");

    @Mixin private Follower follower;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description = "Only lines of this level or below, 0 or 1 (default: 1).")
    private int level = 1;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            split = ",",
            description = "Only lines of these groups, as in IKE,CHD.")
    private List<String> groups = List.of();

    @Option(names = "--ike", paramLabel = "NAME", description = "Only lines of that connection.")
    private String ike;

    @Option(names = "--json", description = "Print JSON, one object per line.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var wanted = new TreeSet<String>();
        for (String group : groups) {
            String name = group.toUpperCase(Locale.ROOT);
            if (!GROUPS.contains(name)) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--group: " + group + " is none of " + new TreeSet<>(GROUPS));
            }
            wanted.add(name);
        }
        var out = spec.commandLine().getOut();
        return follower.follow(
                List.of("log"),
                List.of(),
                event -> isWanted(event.message(), wanted) && print(event),
                out,
                spec.commandLine().getErr());
    }

    private boolean isWanted(ViciMessage line, Set<String> wanted) {
        return line.getInt("level", 0) <= level
                && (wanted.isEmpty() || wanted.contains(line.getString("group", "")))
                && (ike == null || ike.equals(line.getString("ikesa-name", "")));
    }

    private boolean print(ViciPacket.Event event) {
        var out = spec.commandLine().getOut();
        ViciMessage line = event.message();
        if (json) {
            EventLines.json(out, event);
            return true;
        }
        String whose =
                line.getString("ikesa-name")
                        .map(name -> "<" + name + "|" + line.getInt("ikesa-uniqueid", 0) + "> ")
                        .orElse("");
        out.printf(
                "%s %02d[%s] %s%s%n",
                TIME.format(LocalTime.now(ZoneId.systemDefault())),
                line.getInt("thread", 0),
                line.getString("group", "???"),
                whose,
                line.getValue("msg").map(msg -> msg.text().stripTrailing()).orElse(""));
        return true;
    }
}
