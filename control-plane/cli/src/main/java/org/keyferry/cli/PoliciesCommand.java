package org.keyferry.cli;

import java.util.List;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "policies",
        description = {
            "Shows trap policies and shunts that are installed.",
            "Without --trap, --pass or --drop all kinds."
        })
final class PoliciesCommand extends DaemonCommand {
    private final Style style;

    @Option(names = "--trap", description = "Traps: the first packet brings the tunnel up.")
    private boolean trap;

    @Option(names = "--pass", description = "Shunts that let packets through in the clear.")
    private boolean pass;

    @Option(names = "--drop", description = "Shunts that drop packets.")
    private boolean drop;

    @Option(names = "--child", paramLabel = "NAME", description = "Only of that child.")
    private String child;

    @Option(names = "--ike", paramLabel = "NAME", description = "Only of that connection.")
    private String ike;

    @Option(names = "--json", description = "Print JSON, with VICI's names.")
    private boolean json;

    PoliciesCommand(Style style) {
        this.style = style;
    }

    @Override
    int run(ViciClient client) throws Exception {
        boolean all = !trap && !pass && !drop;
        var request =
                ViciMessage.builder()
                        .flag("trap", trap || all)
                        .flag("pass", pass || all)
                        .flag("drop", drop || all);
        putIfGiven(request, "child", child);
        putIfGiven(request, "ike", ike);
        List<Section> found =
                Listing.fetch(client, "list-policies", "list-policy", request.build());
        if (json) {
            Json.print(out(), generator -> Listing.write(generator, found));
        } else {
            table(found).print(out(), style);
        }
        return ExitCode.OK;
    }

    private static Table table(List<Section> policies) {
        var table = new Table("CONNECTION", "CHILD", "KIND", "MODE", "LOCAL", "REMOTE");
        for (Section section : policies) {
            ViciMessage policy = section.body();
            String mode = policy.getString("mode", "?");
            boolean shunt = mode.equals("PASS") || mode.equals("DROP");
            table.row(
                    policy.getString("ike", "?"),
                    policy.getString("child", "?"),
                    shunt ? "shunt" : "trap",
                    mode,
                    String.join(" ", policy.getStrings("local-ts")),
                    String.join(" ", policy.getStrings("remote-ts")));
        }
        return table;
    }
}
