package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Names of routing tables, as iproute2 knows them.
///
/// @param byName numbers, unsigned
record TableNames(Map<String, Integer> byName) {
    private static final Logger LOG = LoggerFactory.getLogger(TableNames.class);

    /// Where iproute2 has them; the first one that is there counts.
    private static final List<Path> FILES =
            List.of(
                    Path.of("/etc/iproute2/rt_tables"),
                    Path.of("/usr/share/iproute2/rt_tables"),
                    Path.of("/usr/lib/iproute2/rt_tables"));

    /// Of every host, whatever its files say.
    private static final Map<String, Integer> WELL_KNOWN =
            Map.of("local", 255, "main", 254, "default", 253);

    TableNames {
        byName = Map.copyOf(byName);
    }

    static TableNames ofHost() {
        for (Path file : FILES) {
            try {
                return parse(Files.readAllLines(file));
            } catch (IOException e) {
                LOG.debug("{}: {}", file, e.toString());
            }
        }
        return new TableNames(WELL_KNOWN);
    }

    /// Lines of a number and a name; what follows `#` is a remark.
    static TableNames parse(List<String> lines) {
        var names = new HashMap<>(WELL_KNOWN);
        for (String line : lines) {
            String[] words = line.replaceFirst("#.*", "").strip().split("\\s+", -1);
            if (words.length == 2) {
                number(words[0]).ifPresent(table -> names.put(words[1], table));
            }
        }
        return new TableNames(names);
    }

    /// Of names and numbers; a name that nobody knows is told and left out.
    Set<Integer> numbers(Set<String> tables) {
        var numbers = new HashSet<Integer>();
        for (String table : tables) {
            var number = number(table).or(() -> Optional.ofNullable(byName.get(table)));
            number.ifPresentOrElse(
                    numbers::add,
                    () -> LOG.warn("ignore_routing_tables: there is no table '{}'", table));
        }
        return numbers;
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of((int) Long.decode(text).longValue());
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
