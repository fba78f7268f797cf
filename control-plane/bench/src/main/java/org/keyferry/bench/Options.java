package org.keyferry.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the user of `control-plane/bench/run` asked for.
///
/// @param steps how many tunnels are up after each, growing
/// @param runs how often each responder is started and measured
/// @param limit for one step
record Options(
        boolean keyferry,
        boolean charon,
        BenchAuth auth,
        int runs,
        Duration limit,
        List<Integer> steps) {
    private static final List<Integer> DEFAULT_STEPS = List.of(1_000, 10_000, 50_000);

    /// @throws IllegalArgumentException with words for the user
    static Options of(List<String> words) {
        boolean keyferry = true;
        boolean charon = true;
        BenchAuth auth = BenchAuth.PSK;
        int runs = 3;
        int limitSeconds = 60;
        var steps = new ArrayList<Integer>();
        var rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "--no-charon" -> charon = false;
                case "--no-keyferry" -> keyferry = false;
                case "--auth" -> auth = BenchAuth.of(rest.hasNext() ? rest.next() : "");
                case "--runs" -> runs = count(word, rest.hasNext() ? rest.next() : "");
                case "--limit" -> limitSeconds = count(word, rest.hasNext() ? rest.next() : "");
                default -> steps.add(count("TUNNELS", word));
            }
        }
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i) <= steps.get(i - 1)) {
                throw new IllegalArgumentException("TUNNELS: each step needs more than the former");
            }
        }
        return new Options(
                keyferry,
                charon,
                auth,
                runs,
                Duration.ofSeconds(limitSeconds),
                steps.isEmpty() ? DEFAULT_STEPS : List.copyOf(steps));
    }

    private static int count(String what, String word) {
        try {
            int value = Integer.parseInt(word);
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException _) {
            // told below, as a number that is too small
        }
        throw new IllegalArgumentException(what + ": '" + word + "' is not a number above 0");
    }
}
