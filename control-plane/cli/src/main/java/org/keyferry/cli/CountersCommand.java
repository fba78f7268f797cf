package org.keyferry.cli;

import java.util.List;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "counters",
        description = "Shows how many IKE messages of which kind came and went, or resets that.")
final class CountersCommand extends DaemonCommand {
    private final Style style;

    @Parameters(
            arity = "0..1",
            paramLabel = "CONNECTION",
            description = "That connection's counters; without it those of the whole daemon.")
    private String name;

    @Option(names = "--all", description = "Each connection's counters.")
    private boolean all;

    @Option(names = "--reset", description = "Set them to zero instead of showing them.")
    private boolean reset;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    CountersCommand(Style style) {
        this.style = style;
    }

    @Override
    void checkUsage() {
        if (all && name != null) {
            throw wrongUsage("either a CONNECTION or --all");
        }
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder().flag("all", all);
        putIfGiven(request, "name", name);
        if (reset) {
            return conclude(client.request("reset-counters", request.build()), "counters reset");
        }
        ViciMessage answer = client.request("get-counters", request.build());
        if (!answer.getBool("success", false)) {
            return conclude(answer, "");
        }
        List<Section> counters =
                answer.section("counters").map(ViciMessage::sections).orElse(List.of());
        if (json) {
            Json.print(
                    out(),
                    generator -> {
                        generator.writeStartObject();
                        for (Section section : counters) {
                            generator.writeFieldName(section.name());
                            Json.numbers(generator, section.body());
                        }
                        generator.writeEndObject();
                    });
        } else {
            counters.forEach(this::print);
        }
        return ExitCode.OK;
    }

    private void print(Section section) {
        String whose = section.name().isEmpty() ? "daemon" : section.name();
        out().println(style.strong(whose));
        for (ViciMessage.Element element : section.body().elements()) {
            if (element instanceof KeyValue(var key, var value)) {
                out().printf("  %-22s %12s%n", key, value.text());
            }
        }
    }
}
