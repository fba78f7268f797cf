package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = {
            "Shows connections and children, up or down, and their SAs.",
            "What is configured but not up is shown, too."
        })
final class StatusCommand extends DaemonCommand {
    private final Style style;

    @Option(names = "--ike", paramLabel = "NAME", description = "Only that connection.")
    private String ike;

    @Option(names = "--down", description = "Only connections of which something is not up.")
    private boolean down;

    @Option(names = "--short", description = "One line for each child.")
    private boolean brief;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    StatusCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        Tunnels tunnels;
        try (var progress = new Progress(err(), style)) {
            tunnels = Tunnels.fetch(client, ike, progress);
        }
        Tunnels shown = down ? tunnels.down() : tunnels;
        if (json) {
            Json.print(out(), generator -> write(generator, shown));
            return ExitCode.OK;
        }
        var printer = new StatusPrinter(out(), style);
        if (brief) {
            TunnelTable.of(shown).print(out(), style);
        } else {
            printer.print(shown);
        }
        printer.printCounts(tunnels);
        return ExitCode.OK;
    }

    private static void write(JsonGenerator generator, Tunnels tunnels) throws IOException {
        generator.writeStartObject();
        generator.writeArrayFieldStart("connections");
        for (Tunnels.Connection connection : tunnels.connections()) {
            generator.writeStartObject();
            generator.writeStringField("name", connection.name());
            generator.writeBooleanField("up", connection.isUp());
            generator.writeBooleanField("configured", connection.config().isPresent());
            Json.fields(generator, Json.without("children", connection.config()));
            generator.writeArrayFieldStart("children");
            for (Tunnels.Child child : connection.children()) {
                generator.writeStartObject();
                generator.writeStringField("name", child.name());
                generator.writeBooleanField("up", child.isUp());
                generator.writeBooleanField("configured", child.config().isPresent());
                Json.fields(generator, child.config().orElse(ViciMessage.EMPTY));
                generator.writeEndObject();
            }
            generator.writeEndArray();
            writeIkeSas(generator, connection);
            generator.writeEndObject();
        }
        generator.writeEndArray();
        generator.writeEndObject();
    }

    private static void writeIkeSas(JsonGenerator generator, Tunnels.Connection connection)
            throws IOException {
        generator.writeArrayFieldStart("ike-sas");
        for (ViciMessage sa : connection.ikeSas()) {
            generator.writeStartObject();
            Json.fields(generator, Json.without("child-sas", Optional.of(sa)));
            generator.writeArrayFieldStart("child-sas");
            for (ViciMessage childSa : Tunnels.childSas(sa).toList()) {
                Json.object(generator, childSa);
            }
            generator.writeEndArray();
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }
}
