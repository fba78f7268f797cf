package org.keyferry.cli;

import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Option;

/// Which SAs a command is about. All that is given must hold.
final class SaSelection {
    @Option(names = "--child", paramLabel = "NAME", description = "Child SAs of that name.")
    private String child;

    @Option(names = "--child-id", paramLabel = "ID", description = "The child SA of that number.")
    private Long childId;

    @Option(
            names = "--ike",
            paramLabel = "NAME",
            description = "IKE SAs of that connection; with a child named, only its child SAs.")
    private String ike;

    @Option(names = "--ike-id", paramLabel = "ID", description = "The IKE SA of that number.")
    private Long ikeId;

    boolean namesChild() {
        return child != null || childId != null;
    }

    ViciMessage selectors() {
        var selectors = ViciMessage.builder();
        DaemonCommand.putIfGiven(selectors, "child", child);
        DaemonCommand.putIfGiven(selectors, "ike", ike);
        DaemonCommand.putIfGiven(selectors, "child-id", childId);
        DaemonCommand.putIfGiven(selectors, "ike-id", ikeId);
        return selectors.build();
    }
}
