package org.keyferry.cli;

import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rekey",
        description = {
            "Replaces SAs by new ones now, without waiting for their time.",
            "Child SAs if a child is named, else IKE SAs. The daemon answers once the rekeying is"
                    + " queued; keyferry monitor shows it happen."
        })
final class RekeyCommand extends DaemonCommand {
    @Mixin private SaSelection which;

    @Option(
            names = "--reauth",
            description = "Authenticate anew instead of rekeying (IKE SAs only).")
    private boolean reauth;

    @Override
    void checkUsage() {
        if (which.selectors().isEmpty()) {
            throw wrongUsage("say what: --child, --child-id, --ike or --ike-id");
        }
        if (reauth && which.namesChild()) {
            throw wrongUsage("--reauth is about IKE SAs; leave --child and --child-id out");
        }
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder().addAll(which.selectors()).flag("reauth", reauth);
        ViciMessage answer = client.request("rekey", request.build());
        String what = reauth ? "reauthentication" : "rekeying";
        return conclude(
                answer, what + " of " + Text.counted(answer.getInt("matches", 0), "SA") + " begun");
    }
}
