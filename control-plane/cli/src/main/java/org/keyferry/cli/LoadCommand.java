package org.keyferry.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.keyferry.cli.load.Loader;
import org.keyferry.cli.load.Part;
import org.keyferry.cli.load.Planner;
import org.keyferry.cli.load.Wanted;
import org.keyferry.settings.SettingsException;
import org.keyferry.vici.ViciClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "load",
        description = {
            "Loads swanctl.conf, certificates, keys and secrets into the daemon.",
            "As swanctl --load-all does: what is there already is replaced, what is not written"
                    + " down any more is removed. A mistake is told with file and line and stops"
                    + " nothing else, save broken grammar, which stops all."
        })
final class LoadCommand extends DaemonCommand {
    private static final String CONF = "swanctl.conf";

    private final Style style;

    @Parameters(
            arity = "0..1",
            paramLabel = "PART",
            converter = WhatConverter.class,
            completionCandidates = Words.class,
            description = "Only creds, authorities, pools or conns; all without it.")
    private Set<Part> parts = EnumSet.allOf(Part.class);

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Read that file instead of swanctl.conf in swanctl's directory.")
    private Path file;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "swanctl's directory, with x509, private and so on (default: $SWANCTL_DIR, else"
                            + " /etc/swanctl).")
    private Path directory;

    @Option(
            names = "--clear",
            description =
                    "Have the daemon forget all its credentials first, those that it cached"
                            + " included.")
    private boolean clear;

    @Option(
            names = "--dry-run",
            description =
                    "Only tell what would be added, replaced and removed, and which running SAs it"
                            + " would touch.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    LoadCommand(Style style) {
        this.style = style;
    }

    @Override
    void checkUsage() {
        if (clear && !parts.contains(Part.CREDS)) {
            throw wrongUsage("--clear is about credentials; load creds or all");
        }
    }

    @Override
    int run(ViciClient client) throws Exception {
        Path home = directory == null ? defaultDirectory() : directory;
        Wanted wanted;
        try {
            wanted = Wanted.read(file == null ? home.resolve(CONF) : file, home, parts);
        } catch (SettingsException mistake) {
            err().println("keyferry: " + mistake.getMessage());
            err().println("keyferry: nothing was loaded");
            return ExitCode.FAILED;
        }
        wanted.warnings().forEach(warning -> err().println("keyferry: warning: " + warning));
        try (var progress = new Progress(err(), style)) {
            var report = new LoadReport(err(), progress);
            return dryRun ? plan(client, wanted, report) : load(client, wanted, report);
        }
    }

    private static Path defaultDirectory() {
        String named = System.getenv("SWANCTL_DIR");
        return Path.of(named == null || named.isEmpty() ? "/etc/swanctl" : named);
    }

    private int load(ViciClient client, Wanted wanted, LoadReport report) throws Exception {
        new Loader(client, report).load(wanted, clear);
        report.finish();
        if (json) {
            Json.print(out(), report::write);
        } else {
            report.print(out());
        }
        return report.failures().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private int plan(ViciClient client, Wanted wanted, LoadReport report) throws Exception {
        var plan = new Planner(client, report).plan(wanted, clear);
        report.finish();
        var printer = new PlanPrinter(plan);
        if (json) {
            Json.print(out(), generator -> printer.write(generator, report.failures()));
        } else {
            printer.print(out(), style);
        }
        out().flush();
        plan.cannotPlan()
                .ifPresent(
                        reason ->
                                err().println(
                                                "keyferry: this daemon cannot plan, so what would"
                                                        + " change in connections that it has, and"
                                                        + " which SAs that would touch, is not known: "
                                                        + reason));
        boolean complete = plan.cannotPlan().isEmpty() && report.failures().isEmpty();
        return complete ? ExitCode.OK : ExitCode.FAILED;
    }

    /// Makes a set of parts of a word.
    static final class WhatConverter implements CommandLine.ITypeConverter<Set<Part>> {
        @Override
        public Set<Part> convert(String text) {
            if (text.equals("all")) {
                return EnumSet.allOf(Part.class);
            }
            for (Part part : Part.values()) {
                if (part.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return EnumSet.of(part);
                }
            }
            throw new CommandLine.TypeConversionException(
                    "'" + text + "' is none of creds, authorities, pools, conns, all");
        }
    }

    /// For shells that complete.
    static final class Words extends java.util.ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Words() {
            super(java.util.List.of("creds", "authorities", "pools", "conns", "all"));
        }
    }
}
