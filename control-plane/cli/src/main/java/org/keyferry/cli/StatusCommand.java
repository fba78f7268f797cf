package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        description = "Shows connections and children, up or down, and their SAs.")
final class StatusCommand implements Callable<Integer> {
    private final Style style;

    @Mixin private DaemonOptions daemon;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    @Spec private CommandSpec spec;

    StatusCommand(Style style) {
        this.style = style;
    }

    @Override
    public Integer call() throws Exception {
        try (ViciClient client = daemon.connect()) {
            Tunnels tunnels = Tunnels.fetch(client);
            var out = spec.commandLine().getOut();
            if (json) {
                Json.print(out, generator -> write(generator, tunnels));
            } else {
                new StatusPrinter(out, style).print(tunnels);
            }
            return ExitCode.OK;
        }
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
