package org.keyferry.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.keyferry.vici.ViciException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/// Entry point of the `keyferry` command.
@Command(
        name = "keyferry",
        description =
                "Controls a running keyferryd (or charon) and shows the kernel's IPsec state.",
        subcommands = {
            LoadCommand.class,
            UpCommand.class,
            DownCommand.class,
            RekeyCommand.class,
            RedirectCommand.class,
            InstallCommand.class,
            InstallCommand.Uninstall.class,
            StatusCommand.class,
            ConnsCommand.class,
            PoliciesCommand.class,
            CertsCommand.class,
            PoolsCommand.class,
            AuthoritiesCommand.class,
            AlgorithmsCommand.class,
            CountersCommand.class,
            StatsCommand.class,
            LogCommand.class,
            MonitorCommand.class,
            ReloadCommand.class,
            VersionCommand.class,
            XfrmCommand.class,
            CompletionCommand.class
        },
        footer = {
            "",
            "Commands that list something take --json. Each command has --help.",
            "",
            "  keyferry load --dry-run         what a changed swanctl.conf would do to what runs",
            "  keyferry load                   do it",
            "  keyferry up net                 bring the child net up; says why if it does not come",
            "  keyferry status --down          configured tunnels that are not up",
            "  keyferry monitor --json         what happens to tunnels, as lines for a program",
            "  keyferry log --group IKE,CHD    the daemon's log as it comes",
            "  keyferry xfrm states            what the kernel really holds, and whose it is",
            "",
            "Files: /etc/swanctl ($SWANCTL_DIR), the directory of swanctl.conf and of keys and"
                    + " certificates."
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:success",
            "1:the daemon or the kernel reported a failure",
            "2:wrong usage",
            "3:the daemon does not answer"
        })
public final class Main {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli itself acts on it
    private boolean help;

    Main() {}

    public static void main(String[] arguments) {
        var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int status = run(out, err, Style.ofTerminal(), new LocalKernel(), arguments);
        out.flush();
        err.flush();
        System.exit(status);
    }

    static int run(
            PrintWriter out, PrintWriter err, Style style, Kernel kernel, String... arguments) {
        var main = new CommandLine(new Main(), new Factory(style, kernel));
        return main.setOut(out)
                .setErr(err)
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(style.colours() ? Ansi.ON : Ansi.OFF))
                .setExecutionExceptionHandler((e, command, _) -> report(e, command))
                .execute(arguments);
    }

    private static int report(Exception e, CommandLine command) throws Exception {
        command.getOut().flush();
        return switch (e) {
            case ViciException failure -> {
                command.getErr().println("keyferry: " + failure.getMessage());
                yield switch (failure.kind()) {
                    case NOT_REACHABLE, LOST, TIMEOUT -> ExitCode.UNREACHABLE;
                    case UNKNOWN_COMMAND, UNKNOWN_EVENT, PROTOCOL -> ExitCode.FAILED;
                };
            }
            case KernelUnavailable failure -> {
                command.getErr().println("keyferry: " + failure.getMessage());
                yield ExitCode.FAILED;
            }
            default -> throw e;
        };
    }

    /// Makes the commands, giving those that print or read the kernel what they need.
    private record Factory(Style style, Kernel kernel) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            Object made =
                    switch (type.getSimpleName()) {
                        case "LoadCommand" -> new LoadCommand(style);
                        case "StatusCommand" -> new StatusCommand(style);
                        case "ConnsCommand" -> new ConnsCommand(style);
                        case "PoliciesCommand" -> new PoliciesCommand(style);
                        case "CertsCommand" -> new CertsCommand(style);
                        case "PoolsCommand" -> new PoolsCommand(style);
                        case "AuthoritiesCommand" -> new AuthoritiesCommand(style);
                        case "AlgorithmsCommand" -> new AlgorithmsCommand(style);
                        case "CountersCommand" -> new CountersCommand(style);
                        case "MonitorCommand" -> new MonitorCommand(style);
                        case "XfrmStatesCommand" -> new XfrmStatesCommand(style, kernel);
                        case "XfrmPoliciesCommand" -> new XfrmPoliciesCommand(style, kernel);
                        case "XfrmStatsCommand" -> new XfrmStatsCommand(kernel);
                        case "XfrmMonitorCommand" -> new XfrmMonitorCommand(kernel);
                        default -> CommandLine.defaultFactory().create(type);
                    };
            return type.cast(made);
        }
    }
}
