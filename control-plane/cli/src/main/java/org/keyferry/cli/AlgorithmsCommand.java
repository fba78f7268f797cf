package org.keyferry.cli;

import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "algorithms",
        description = "Shows the algorithms that the daemon can use, and which provider has them.")
final class AlgorithmsCommand extends DaemonCommand {
    private final Style style;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    AlgorithmsCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        ViciMessage algorithms = client.request("get-algorithms", ViciMessage.EMPTY);
        if (json) {
            Json.print(out(), generator -> Json.object(generator, algorithms));
            return ExitCode.OK;
        }
        var table = new Table("KIND", "ALGORITHM", "PROVIDER");
        for (Section kind : algorithms.sections()) {
            for (ViciMessage.Element element : kind.body().elements()) {
                if (element instanceof KeyValue(var algorithm, var provider)) {
                    table.row(kind.name(), algorithm, provider.text());
                }
            }
        }
        table.print(out(), style);
        return ExitCode.OK;
    }
}
