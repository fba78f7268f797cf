package org.keyferry.daemon.vici;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.keyferry.engine.Engine;
import org.keyferry.engine.Tally.Counter;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `get-counters` and `reset-counters`: what all shards have counted.
final class CounterCommands {
    /// The name under which all SAs are counted together.
    private static final String GLOBAL = "";

    private final Commands.Parts parts;

    CounterCommands(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("get-counters", this::get, "reset-counters", this::reset);
    }

    private ViciMessage get(ViciRequest request) {
        if (request.message().getBool("all", false)) {
            return answer(byConnection()).put("success", "yes").build();
        }
        Optional<String> name = request.message().getString("name");
        Optional<Map<Counter, Long>> row =
                name.isEmpty()
                        ? Optional.of(total())
                        : Optional.ofNullable(byConnection().get(name.get()));
        return row.isEmpty()
                ? answer(Map.of())
                        .addAll(ViciMessage.failure("no counters found for this connection"))
                        .build()
                : answer(Map.of(name.orElse(GLOBAL), row.get())).put("success", "yes").build();
    }

    private Map<Counter, Long> total() {
        return parts.shards().askAll(engine -> engine.tally().total()).stream()
                .reduce(Map.of(), CounterCommands::sum);
    }

    private Map<String, Map<Counter, Long>> byConnection() {
        var sums = new TreeMap<String, Map<Counter, Long>>();
        for (var rows : parts.shards().askAll(engine -> engine.tally().byConnection())) {
            rows.forEach((name, row) -> sums.merge(name, row, CounterCommands::sum));
        }
        return sums;
    }

    private static Map<Counter, Long> sum(Map<Counter, Long> some, Map<Counter, Long> others) {
        var sum = new EnumMap<Counter, Long>(Counter.class);
        sum.putAll(some);
        others.forEach((counter, count) -> sum.merge(counter, count, Long::sum));
        return sum;
    }

    private static ViciMessage.Builder answer(Map<String, Map<Counter, Long>> rows) {
        return ViciMessage.builder()
                .section(
                        "counters",
                        out -> rows.forEach((name, row) -> out.section(name, in -> put(in, row))));
    }

    private static void put(ViciMessage.Builder out, Map<Counter, Long> row) {
        for (Counter counter : Counter.values()) {
            String key = counter.name().toLowerCase(Locale.ROOT).replace('_', '-');
            out.put(key, row.getOrDefault(counter, 0L));
        }
    }

    private ViciMessage reset(ViciRequest request) {
        String name = request.message().getString("name", GLOBAL);
        boolean all = request.message().getBool("all", false);
        List<Boolean> _ = parts.shards().askAll(engine -> reset(engine, all, name));
        return ViciMessage.success();
    }

    private static boolean reset(Engine engine, boolean all, String name) {
        if (all) {
            engine.tally().reset();
        } else {
            engine.tally().reset(name);
        }
        return true;
    }
}
