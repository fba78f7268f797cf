package org.keyferry.cli;

import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "redirect",
        description = "Sends peers to another gateway (RFC 5685).",
        footer = {"", "All the options that choose SAs must hold."})
final class RedirectCommand extends DaemonCommand {
    @Option(
            names = "--gateway",
            paramLabel = "HOST",
            required = true,
            description = "Where they shall go, an address or a host name.")
    private String gateway;

    @Option(names = "--ike", paramLabel = "NAME", description = "IKE SAs of that connection.")
    private String ike;

    @Option(names = "--ike-id", paramLabel = "ID", description = "The IKE SA of that number.")
    private Long ikeId;

    @Option(
            names = "--peer-ip",
            paramLabel = "ADDRESSES",
            description = "Peers at an address, in a CIDR network or in a range A-B.")
    private String peerIp;

    @Option(
            names = "--peer-id",
            paramLabel = "IDENTITY",
            description = "Peers of an identity; it may have wildcards.")
    private String peerId;

    @Override
    void checkUsage() {
        if (selectors().isEmpty()) {
            throw wrongUsage("say whom: --ike, --ike-id, --peer-ip or --peer-id");
        }
    }

    private ViciMessage selectors() {
        var selectors = ViciMessage.builder();
        putIfGiven(selectors, "ike", ike);
        putIfGiven(selectors, "ike-id", ikeId);
        putIfGiven(selectors, "peer-ip", peerIp);
        putIfGiven(selectors, "peer-id", peerId);
        return selectors.build();
    }

    @Override
    int run(ViciClient client) throws Exception {
        var request = ViciMessage.builder().addAll(selectors()).put("gateway", gateway);
        ViciMessage answer = client.request("redirect", request.build());
        String count = Text.counted(answer.getInt("matches", 0), "IKE SA");
        return conclude(answer, count + " redirected to " + gateway);
    }
}
