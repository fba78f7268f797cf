package org.keyferry.cli;

import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;

@Command(
        name = "reload",
        description = {
            "Has the daemon read strongswan.conf again.",
            "Connections and secrets are not touched; they come with keyferry load."
        })
final class ReloadCommand extends DaemonCommand {
    @Override
    int run(ViciClient client) throws Exception {
        return conclude(client.request("reload-settings", ViciMessage.EMPTY), "settings reloaded");
    }
}
