package org.keyferry.cli;

import java.util.concurrent.Callable;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Shows which daemon is running.")
final class VersionCommand implements Callable<Integer> {
    @Mixin private DaemonOptions daemon;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        try (ViciClient client = daemon.connect()) {
            ViciMessage version = client.request("version", ViciMessage.EMPTY);
            var out = spec.commandLine().getOut();
            if (json) {
                Json.print(out, generator -> Json.object(generator, version));
            } else {
                out.printf(
                        "%s %s (%s %s, %s)%n",
                        version.getString("daemon", "unknown daemon"),
                        version.getString("version", "of unknown version"),
                        version.getString("sysname", "?"),
                        version.getString("release", "?"),
                        version.getString("machine", "?"));
            }
            return ExitCode.OK;
        }
    }
}
