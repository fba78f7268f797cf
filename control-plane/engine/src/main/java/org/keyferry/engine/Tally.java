package org.keyferry.engine;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.agrona.collections.MutableLong;
import org.keyferry.wire.ExchangeType;

/// Counts messages: of all SAs of a shard together and for each connection. Repeated messages count
/// once.
public final class Tally {
    /// What is counted, in the order in which it is told.
    public enum Counter {
        IKE_REKEY_INIT,
        IKE_REKEY_RESP,
        CHILD_REKEY,
        INVALID,
        INVALID_SPI,
        IKE_INIT_IN_REQ,
        IKE_INIT_IN_RESP,
        IKE_INIT_OUT_REQ,
        IKE_INIT_OUT_RESP,
        IKE_AUTH_IN_REQ,
        IKE_AUTH_IN_RESP,
        IKE_AUTH_OUT_REQ,
        IKE_AUTH_OUT_RESP,
        CREATE_CHILD_IN_REQ,
        CREATE_CHILD_IN_RESP,
        CREATE_CHILD_OUT_REQ,
        CREATE_CHILD_OUT_RESP,
        INFO_IN_REQ,
        INFO_IN_RESP,
        INFO_OUT_REQ,
        INFO_OUT_RESP
    }

    /// The counters of one exchange.
    private record Directions(
            Counter inRequest, Counter inResponse, Counter outRequest, Counter outResponse) {
        Counter received(boolean response) {
            return response ? inResponse : inRequest;
        }

        Counter sent(boolean response) {
            return response ? outResponse : outRequest;
        }
    }

    private static final Directions INIT =
            new Directions(
                    Counter.IKE_INIT_IN_REQ,
                    Counter.IKE_INIT_IN_RESP,
                    Counter.IKE_INIT_OUT_REQ,
                    Counter.IKE_INIT_OUT_RESP);

    private static final Directions AUTH =
            new Directions(
                    Counter.IKE_AUTH_IN_REQ,
                    Counter.IKE_AUTH_IN_RESP,
                    Counter.IKE_AUTH_OUT_REQ,
                    Counter.IKE_AUTH_OUT_RESP);

    private static final Directions CREATE_CHILD =
            new Directions(
                    Counter.CREATE_CHILD_IN_REQ,
                    Counter.CREATE_CHILD_IN_RESP,
                    Counter.CREATE_CHILD_OUT_REQ,
                    Counter.CREATE_CHILD_OUT_RESP);

    private static final Directions INFO =
            new Directions(
                    Counter.INFO_IN_REQ,
                    Counter.INFO_IN_RESP,
                    Counter.INFO_OUT_REQ,
                    Counter.INFO_OUT_RESP);

    private final Map<Counter, MutableLong> all = new EnumMap<>(Counter.class);
    private final Map<String, Map<Counter, MutableLong>> byConnection = new HashMap<>();

    /// @param connection its name, empty if it is not known
    public void received(String connection, int exchangeType, boolean response) {
        directions(exchangeType).ifPresent(d -> count(connection, d.received(response)));
    }

    /// @param connection its name, empty if it is not known
    public void sent(String connection, int exchangeType, boolean response) {
        directions(exchangeType).ifPresent(d -> count(connection, d.sent(response)));
    }

    private static Optional<Directions> directions(int exchangeType) {
        return switch (exchangeType) {
            case ExchangeType.IKE_SA_INIT -> Optional.of(INIT);
            case ExchangeType.IKE_AUTH -> Optional.of(AUTH);
            case ExchangeType.CREATE_CHILD_SA -> Optional.of(CREATE_CHILD);
            case ExchangeType.INFORMATIONAL -> Optional.of(INFO);
            default -> Optional.empty();
        };
    }

    /// @param connection its name, empty if it is not known
    public void count(String connection, Counter counter) {
        increment(all, counter);
        if (!connection.isEmpty()) {
            var row = byConnection.computeIfAbsent(connection, _ -> new EnumMap<>(Counter.class));
            increment(row, counter);
        }
    }

    private static void increment(Map<Counter, MutableLong> row, Counter counter) {
        row.computeIfAbsent(counter, _ -> new MutableLong()).increment();
    }

    /// Of all SAs together; a counter that is absent stands at zero.
    public Map<Counter, Long> total() {
        return copy(all);
    }

    /// The same for each connection that has any.
    public Map<String, Map<Counter, Long>> byConnection() {
        var copy = new HashMap<String, Map<Counter, Long>>();
        byConnection.forEach((name, row) -> copy.put(name, copy(row)));
        return copy;
    }

    private static Map<Counter, Long> copy(Map<Counter, MutableLong> row) {
        var copy = new EnumMap<Counter, Long>(Counter.class);
        row.forEach((counter, count) -> copy.put(counter, count.get()));
        return copy;
    }

    /// Starts again from zero, in all rows.
    public void reset() {
        all.clear();
        byConnection.clear();
    }

    /// Starts one row again; for the empty name that of all SAs together.
    public void reset(String connection) {
        if (connection.isEmpty()) {
            all.clear();
        } else {
            byConnection.remove(connection);
        }
    }
}
