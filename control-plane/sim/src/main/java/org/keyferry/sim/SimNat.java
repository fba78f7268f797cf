package org.keyferry.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// A NAT that maps ports and lets in only whom its inside has spoken to (RFC 4787:
/// endpoint-independent mapping, address and port-dependent filtering).
public final class SimNat {
    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 50_000;

    private record Flow(Endpoint inside, Endpoint peer) {}

    private final IpAddress outside;
    private final RandomGenerator random;
    private final Map<Endpoint, Integer> mapped = new HashMap<>();
    private final Map<Integer, Endpoint> back = new HashMap<>();
    private final Map<Flow, Boolean> allowed = new HashMap<>();
    private final Map<Endpoint, Instant> used = new HashMap<>();
    private Optional<Duration> patience = Optional.empty();
    private int expired;

    SimNat(IpAddress outside, RandomGenerator random) {
        this.outside = outside;
        this.random = random;
    }

    IpAddress outside() {
        return outside;
    }

    /// Forgets a mapping that nothing has left by for so long.
    public SimNat forgetsAfter(Duration silence) {
        patience = Optional.of(silence);
        return this;
    }

    /// How often a mapping was found forgotten by what left.
    public int expired() {
        return expired;
    }

    private boolean isForgotten(Endpoint inside, Instant now) {
        return patience.isPresent()
                && used.containsKey(inside)
                && !now.isBefore(used.get(inside).plus(patience.get()));
    }

    Endpoint outward(Endpoint source, Endpoint target, Instant now) {
        if (isForgotten(source, now)) {
            expired++;
            back.remove(mapped.remove(source));
            allowed.keySet().removeIf(flow -> flow.inside().equals(source));
        }
        used.put(source, now);
        int port = mapped.computeIfAbsent(source, this::freshPort);
        allowed.put(new Flow(source, target), true);
        return new Endpoint(outside, port);
    }

    private int freshPort(Endpoint inside) {
        int port;
        do {
            port = FIRST_PORT + random.nextInt(PORTS);
        } while (back.containsKey(port));
        back.put(port, inside);
        return port;
    }

    Optional<Endpoint> inward(Endpoint source, Endpoint target, Instant now) {
        return Optional.ofNullable(back.get(target.port()))
                .filter(inside -> !isForgotten(inside, now))
                .filter(inside -> allowed.containsKey(new Flow(inside, source)));
    }

    /// Forgets all mappings: the next datagram gets another port.
    public void rebind() {
        mapped.clear();
        back.clear();
        allowed.clear();
    }
}
