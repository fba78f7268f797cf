package org.keyferry.cli;

import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "install",
        description = {
            "Installs a child's trap policy, or its shunt.",
            "A trap brings the tunnel up when the first packet wants through; a shunt is a child of"
                    + " mode pass or drop."
        })
sealed class InstallCommand extends DaemonCommand {
    @Parameters(paramLabel = "CHILD", description = "Name under children.")
    private String child;

    @Option(
            names = "--ike",
            paramLabel = "NAME",
            description = "Name of the connection; needed if several have such a child.")
    private String ike;

    @Command(
            name = "uninstall",
            description = {
                "Takes a child's trap policy, or its shunt, out of the kernel.",
                "SAs that are up stay up."
            })
    static final class Uninstall extends InstallCommand {
        @Override
        int run(ViciClient client) throws Exception {
            return run(client, "uninstall", "uninstalled");
        }
    }

    @Override
    int run(ViciClient client) throws Exception {
        return run(client, "install", "installed");
    }

    final int run(ViciClient client, String command, String done) throws Exception {
        var request = ViciMessage.builder().put("child", child);
        putIfGiven(request, "ike", ike);
        return conclude(client.request(command, request.build()), child + " " + done);
    }
}
