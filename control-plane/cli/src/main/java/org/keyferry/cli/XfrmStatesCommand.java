package org.keyferry.cli;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.keyferry.netlink.xfrm.XfrmNames;
import org.keyferry.netlink.xfrm.XfrmState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "states", description = "Shows the kernel's SAs and whose they are; no keys.")
final class XfrmStatesCommand implements Callable<Integer> {
    private final Style style;
    private final Kernel kernel;

    @Mixin private OwnerOptions owners;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    XfrmStatesCommand(Style style, Kernel kernel) {
        this.style = style;
        this.kernel = kernel;
    }

    @Override
    public Integer call() throws Exception {
        List<XfrmState> states = kernel.states();
        Owners whose = owners.fetch(spec.commandLine().getErr());
        if (json) {
            Json.print(
                    spec.commandLine().getOut(),
                    generator -> {
                        generator.writeStartArray();
                        for (XfrmState state : states) {
                            XfrmJson.state(generator, state, whose.of(state));
                        }
                        generator.writeEndArray();
                    });
        } else {
            table(states, whose).print(spec.commandLine().getOut(), style);
        }
        return ExitCode.OK;
    }

    private static Table table(List<XfrmState> states, Owners whose) {
        var table =
                new Table(
                        "SPI",
                        "PROTO",
                        "SOURCE",
                        "DESTINATION",
                        "MODE",
                        ">REQID",
                        "ALGORITHMS",
                        ">BYTES",
                        ">PACKETS",
                        ">AGE",
                        "EXTRA",
                        "OWNER");
        long now = Instant.now().getEpochSecond();
        for (XfrmState state : states) {
            table.row(
                    state.id().spi().toString(),
                    XfrmNames.protocol(state.id().protocol()),
                    XfrmText.source(state),
                    XfrmText.destination(state),
                    state.mode().toString(),
                    Integer.toUnsignedString(state.reqid()),
                    String.join(" ", XfrmText.algorithms(state)),
                    Text.bytes(state.usage().bytes()),
                    Long.toString(state.usage().packets()),
                    XfrmText.age(state.usage().addedAtSeconds(), now),
                    XfrmText.extras(state),
                    whose.of(state).text());
        }
        return table;
    }
}
