package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "stats", description = "Shows how many states and policies there are, and drops.")
final class XfrmStatsCommand implements Callable<Integer> {
    private final Kernel kernel;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--all", description = "Show counters that are 0, too.")
    private boolean all;

    @Spec private CommandSpec spec;

    XfrmStatsCommand(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public Integer call() throws Exception {
        Kernel.Statistics statistics = kernel.statistics();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Json.print(out, generator -> write(generator, statistics));
        } else {
            print(out, statistics);
        }
        return ExitCode.OK;
    }

    private void print(PrintWriter out, Kernel.Statistics statistics) {
        var policies = statistics.policies();
        out.printf("states    %d%n", Integer.toUnsignedLong(statistics.states().count()));
        out.printf(
                "policies  %d in, %d out, %d fwd; of sockets %d in, %d out%n",
                policies.in(),
                policies.out(),
                policies.fwd(),
                policies.socketIn(),
                policies.socketOut());
        if (statistics.drops().isEmpty()) {
            out.println("this kernel does not count dropped packets");
            return;
        }
        boolean none = true;
        for (Map.Entry<String, Long> drop : statistics.drops().entrySet()) {
            if (all || drop.getValue() != 0) {
                out.printf("%-28s %d%n", drop.getKey(), drop.getValue());
                none = false;
            }
        }
        if (none) {
            out.println("no packets dropped");
        }
    }

    private static void write(JsonGenerator generator, Kernel.Statistics statistics)
            throws IOException {
        var policies = statistics.policies();
        generator.writeStartObject();
        generator.writeNumberField("states", Integer.toUnsignedLong(statistics.states().count()));
        generator.writeObjectFieldStart("policies");
        generator.writeNumberField("in", policies.in());
        generator.writeNumberField("out", policies.out());
        generator.writeNumberField("fwd", policies.fwd());
        generator.writeNumberField("socket-in", policies.socketIn());
        generator.writeNumberField("socket-out", policies.socketOut());
        generator.writeEndObject();
        generator.writeObjectFieldStart("dropped");
        for (Map.Entry<String, Long> drop : statistics.drops().entrySet()) {
            generator.writeNumberField(drop.getKey(), drop.getValue());
        }
        generator.writeEndObject();
        generator.writeEndObject();
    }
}
