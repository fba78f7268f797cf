package org.keyferry.cli;

import picocli.CommandLine.Command;

@Command(
        name = "xfrm",
        description = {
            "Shows the kernel's IPsec databases.",
            "Tells of each state and policy to which connection and child it belongs."
        },
        subcommands = {
            XfrmStatesCommand.class,
            XfrmPoliciesCommand.class,
            XfrmStatsCommand.class,
            XfrmMonitorCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
final class XfrmCommand {}
