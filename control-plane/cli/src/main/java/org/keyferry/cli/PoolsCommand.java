package org.keyferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "pools", description = "Shows the pools of virtual addresses and their use.")
final class PoolsCommand extends DaemonCommand {
    private final Style style;

    @Option(names = "--leases", description = "Show who has which address, too.")
    private boolean leases;

    @Option(names = "--name", paramLabel = "NAME", description = "Only that pool.")
    private String name;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    PoolsCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder().flag("leases", leases);
        putIfGiven(request, "name", name);
        List<Section> pools = client.request("get-pools", request.build()).sections();
        if (json) {
            Json.print(out(), generator -> write(generator, pools));
            return ExitCode.OK;
        }
        var table = new Table("POOL", "BASE", ">SIZE", ">ONLINE", ">OFFLINE", ">FREE");
        pools.forEach(pool -> row(table, pool));
        table.print(out(), style);
        if (leases) {
            out().println();
            leases(pools).print(out(), style);
        }
        return ExitCode.OK;
    }

    private static void row(Table table, Section pool) {
        long size = pool.body().getLong("size", 0);
        long online = pool.body().getLong("online", 0);
        long offline = pool.body().getLong("offline", 0);
        table.row(
                pool.name(),
                pool.body().getString("base", "?"),
                Long.toString(size),
                Long.toString(online),
                Long.toString(offline),
                Long.toString(Math.max(0, size - online - offline)));
    }

    private static Table leases(List<Section> pools) {
        var table = new Table("POOL", "ADDRESS", "STATUS", "IDENTITY");
        for (Section pool : pools) {
            for (Section lease : leasesOf(pool)) {
                table.row(
                        pool.name(),
                        lease.body().getString("address", "?"),
                        lease.body().getString("status", "?"),
                        lease.body().getValue("identity").map(id -> id.text()).orElse("?"));
            }
        }
        return table;
    }

    private static List<Section> leasesOf(Section pool) {
        return pool.body().section("leases").map(ViciMessage::sections).orElse(List.of());
    }

    private void write(JsonGenerator generator, List<Section> pools) throws IOException {
        generator.writeStartArray();
        for (Section pool : pools) {
            generator.writeStartObject();
            generator.writeStringField("name", pool.name());
            Json.fields(generator, Json.without("leases", Optional.of(pool.body())));
            if (leases) {
                generator.writeArrayFieldStart("leases");
                for (Section lease : leasesOf(pool)) {
                    Json.object(generator, lease.body());
                }
                generator.writeEndArray();
            }
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }
}
