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
        name = "up",
        description = {
            "Brings a tunnel up.",
            "Sets up the IKE SA, if there is none yet, and the child SA.",
            "The daemon's log of it goes to standard error."
        })
final class UpCommand implements Callable<Integer> {
    @Mixin private DaemonOptions daemon;

    @Parameters(
            arity = "0..1",
            paramLabel = "CHILD",
            description = "Name under children; without it only the IKE SA is set up.")
    private String child;

    @Option(
            names = "--ike",
            paramLabel = "NAME",
            description = "Name of the connection; needed if several have such a child.")
    private String ike;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Give up waiting after that long; the daemon goes on trying.")
    private long timeoutSeconds;

    @Option(
            names = "--loglevel",
            paramLabel = "LEVEL",
            description = "Verbosity of the log, -1 to 4 (default: 1).")
    private int logLevel = 1;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (child == null && ike == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "name a CHILD, or a connection with --ike");
        }
        if (timeoutSeconds < 0 || timeoutSeconds > Integer.MAX_VALUE / 1000) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--timeout must be 0 to " + Integer.MAX_VALUE / 1000);
        }
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try (ViciClient client = daemon.connect()) {
            ViciMessage answer =
                    client.stream(
                            "initiate",
                            "control-log",
                            request(),
                            new ControlLog(err),
                            ViciClient.FOREVER);
            return ControlLog.conclude(answer, (child == null ? ike : child) + " is up", out, err);
        }
    }

    private ViciMessage request() {
        var request = ViciMessage.builder();
        if (child != null) {
            request.put("child", child);
        }
        if (ike != null) {
            request.put("ike", ike);
        }
        if (timeoutSeconds > 0) {
            request.put("timeout", timeoutSeconds * 1000);
        }
        return request.put("loglevel", logLevel).build();
    }
}
