package org.keyferry.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "monitor",
        description = "Shows what changes in the kernel's IPsec databases, as it happens.")
final class XfrmMonitorCommand implements Callable<Integer> {
    private final Kernel kernel;

    @Mixin private OwnerOptions owners;

    @Option(names = "--json", description = "Print JSON, one object per line.")
    private boolean json;

    @Spec private CommandSpec spec;

    XfrmMonitorCommand(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public Integer call() throws Exception {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        kernel.monitor(new XfrmEventPrinter(out, err, json, new LiveOwners(owners, err)));
        return ExitCode.OK;
    }
}
