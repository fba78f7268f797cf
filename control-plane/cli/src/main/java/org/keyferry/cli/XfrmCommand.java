package org.keyferry.cli;

import picocli.CommandLine.Command;

@Command(
        name = "xfrm",
        description = "Shows the kernel's IPsec databases, and what of them is the daemon's.",
        subcommands = {
            XfrmStatesCommand.class,
            XfrmPoliciesCommand.class,
            XfrmStatsCommand.class,
            XfrmMonitorCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
final class XfrmCommand {}
