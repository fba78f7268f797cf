package org.keyferry.daemon.resolver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.keyferry.wire.IpAddress;

/// Name servers given to `resolvconf`, which systemd-resolved has too.
final class Resolvconf implements Resolver {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    private final Path program;
    private final String label;
    private final Optional<String> prefix;

    /// By label, what the program has.
    private Map<String, String> given = Map.of();

    /// @param prefix if set, each server goes by itself, under this and its address
    Resolvconf(Path program, String label, Optional<String> prefix) {
        this.program = program;
        this.label = label;
        this.prefix = prefix;
    }

    @Override
    public void use(List<IpAddress> servers) throws IOException {
        var wanted = new LinkedHashMap<String, String>();
        for (IpAddress server : servers) {
            wanted.merge(
                    prefix.map(p -> p + server).orElse(label),
                    "nameserver " + server + "\n",
                    String::concat);
        }
        for (String gone : given.keySet()) {
            if (!wanted.containsKey(gone)) {
                run("-d", gone, "");
            }
        }
        for (Map.Entry<String, String> entry : wanted.entrySet()) {
            if (!entry.getValue().equals(given.get(entry.getKey()))) {
                run("-a", entry.getKey(), entry.getValue());
            }
        }
        given = Map.copyOf(wanted);
    }

    private void run(String action, String name, String input) throws IOException {
        Process process =
                new ProcessBuilder(program.toString(), action, name)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Optional<IOException> unread = Optional.empty();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            unread = Optional.of(e);
        }
        try {
            if (!process.waitFor(TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(this + " did not end");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(this + " interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    List.of(program, action, name).stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(" "))
                            + " ended with status "
                            + process.exitValue());
        }
        if (unread.isPresent()) {
            throw unread.get();
        }
    }

    @Override
    public String toString() {
        return program.toString();
    }
}
