package org.keyferry.cli;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import org.keyferry.vici.ViciPacket;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "monitor",
        description = {
            "Shows what happens to tunnels, as it happens, over restarts of the daemon.",
            "The kernel's side of it is shown by keyferry xfrm monitor."
        })
final class MonitorCommand implements Callable<Integer> {
    /// `alert` first: charon before 6.0 has none.
    private static final List<String> EVENTS =
            List.of(
                    "alert",
                    "ike-updown",
                    "child-updown",
                    "ike-rekey",
                    "child-rekey",
                    "ike-update");

    private final Style style;

    @Mixin private Follower follower;

    @Option(
            names = "--event",
            paramLabel = "EVENT",
            split = ",",
            description =
                    "Only these: alert, ike-updown, child-updown, ike-rekey, child-rekey,"
                            + " ike-update.")
    private List<String> only = List.of();

    @Option(names = "--ike", paramLabel = "NAME", description = "Only of that connection.")
    private String ike;

    @Option(names = "--json", description = "Print JSON, one object per line.")
    private boolean json;

    @Spec private CommandSpec spec;

    MonitorCommand(Style style) {
        this.style = style;
    }

    @Override
    public Integer call() throws Exception {
        for (String event : only) {
            if (!EVENTS.contains(event)) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--event: " + event + " is none of " + EVENTS);
            }
        }
        List<String> events =
                EVENTS.stream().filter(event -> only.isEmpty() || only.contains(event)).toList();
        return follower.follow(
                events,
                only.contains("alert") ? List.of() : List.of("alert"),
                event -> isWanted(event) && print(event),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }

    private boolean isWanted(ViciPacket.Event event) {
        var message = event.message().section("ike-sa").orElse(event.message());
        return ike == null
                || message.sections().stream().anyMatch(section -> section.name().equals(ike));
    }

    private boolean print(ViciPacket.Event event) {
        var out = spec.commandLine().getOut();
        if (json) {
            EventLines.json(out, event);
        } else {
            String kind = "%-12s".formatted(event.event());
            out.printf(
                    "%s %s  %s%n",
                    LogCommand.TIME.format(LocalTime.now(ZoneId.systemDefault())),
                    event.event().equals("alert") ? style.bad(kind) : style.strong(kind),
                    EventLines.text(event));
        }
        return true;
    }
}
