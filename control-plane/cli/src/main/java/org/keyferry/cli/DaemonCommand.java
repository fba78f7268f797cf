package org.keyferry.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that needs one connection to the daemon.
abstract class DaemonCommand implements Callable<Integer> {
    @Mixin private DaemonOptions daemon;
    @Spec private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        checkUsage();
        try (ViciClient client = daemon.connect()) {
            return run(client);
        }
    }

    /// Refuses what the options alone show to be wrong, before anybody is asked.
    void checkUsage() {}

    /// Does it; the result is the exit status.
    abstract int run(ViciClient client) throws Exception;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final ParameterException wrongUsage(String reason) {
        return new ParameterException(spec.commandLine(), reason);
    }

    final int conclude(ViciMessage answer, String done) {
        return ControlLog.conclude(answer, done, out(), err());
    }

    static void putIfGiven(ViciMessage.Builder request, String key, Object value) {
        if (value != null) {
            request.put(key, value.toString());
        }
    }
}
