package org.keyferry.cli;

import java.util.concurrent.Callable;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "down",
        description = {
            "Takes tunnels down.",
            "Closes child SAs if a child is named, else whole IKE SAs.",
            "The daemon's log of it goes to standard error."
        })
final class DownCommand implements Callable<Integer> {
    @Mixin private DaemonOptions daemon;

    @Parameters(arity = "0..1", paramLabel = "CHILD", description = "Same as --child.")
    private String child;

    @Option(names = "--child", paramLabel = "NAME", description = "Child SAs of that name.")
    private String childOption;

    @Option(names = "--child-id", paramLabel = "ID", description = "The child SA of that number.")
    private Long childId;

    @Option(
            names = "--ike",
            paramLabel = "NAME",
            description = "IKE SAs of that connection; with a child named, only its child SAs.")
    private String ike;

    @Option(names = "--ike-id", paramLabel = "ID", description = "The IKE SA of that number.")
    private Long ikeId;

    @Option(names = "--force", description = "Do not wait for the peer's answer (IKE SAs only).")
    private boolean force;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Give up waiting after that long.")
    private long timeoutSeconds;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (child != null && childOption != null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "the child is named twice");
        }
        ViciMessage selectors = selectors();
        if (selectors.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "say what: CHILD, --child-id, --ike or --ike-id");
        }
        if (timeoutSeconds < 0 || timeoutSeconds > Integer.MAX_VALUE / 1000) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--timeout must be 0 to " + Integer.MAX_VALUE / 1000);
        }
        var request = ViciMessage.builder().addAll(selectors).flag("force", force);
        if (timeoutSeconds > 0) {
            request.put("timeout", timeoutSeconds * 1000);
        }
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try (ViciClient client = daemon.connect()) {
            ViciMessage answer =
                    client.stream(
                            "terminate",
                            "control-log",
                            request.put("loglevel", 1).build(),
                            new ControlLog(err),
                            ViciClient.FOREVER);
            String done = Text.counted(answer.getInt("terminated", 0), "SA") + " taken down";
            return ControlLog.conclude(answer, done, out, err);
        }
    }

    private ViciMessage selectors() {
        var selectors = ViciMessage.builder();
        String childName = child == null ? childOption : child;
        if (childName != null) {
            selectors.put("child", childName);
        }
        if (ike != null) {
            selectors.put("ike", ike);
        }
        if (childId != null) {
            selectors.put("child-id", childId);
        }
        if (ikeId != null) {
            selectors.put("ike-id", ikeId);
        }
        return selectors.build();
    }
}
