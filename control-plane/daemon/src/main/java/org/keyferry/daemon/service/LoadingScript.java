package org.keyferry.daemon.service;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.keyferry.settings.Service.Script;

/// Finds out whether a start script has `swanctl` load the connections, so that the daemon need not
/// read swanctl.conf itself.
public final class LoadingScript {
    private static final Pattern LOADS =
            Pattern.compile(
                    "(?:^|[\\s;&|(])(?<program>[^\\s;&|(]*\\bswanctl)"
                            + "\\s(?:[^;&|]*\\s)?(?:--load-all|--load-conns|-q|-c)(?:\\s|[;&|)]|$)");

    private LoadingScript() {}

    /// The first such script; one whose `swanctl` is not installed is none.
    ///
    /// @param environment where `PATH` is looked up
    public static Optional<Script> among(List<Script> scripts, Map<String, String> environment) {
        return scripts.stream()
                .filter(script -> loads(script.command(), environment.getOrDefault("PATH", "")))
                .findFirst();
    }

    private static boolean loads(String command, String path) {
        Matcher found = LOADS.matcher(command);
        return found.find() && isInstalled(found.group("program"), path);
    }

    private static boolean isInstalled(String program, String path) {
        if (program.contains("/")) {
            return Files.isExecutable(Path.of(program));
        }
        return Stream.of(path.split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
