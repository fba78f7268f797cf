package org.keyferry.daemon.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.IpAddress;

/// Addresses of the DNS names in connections, as last resolved.
public final class HostNames {
    private final Map<String, List<IpAddress>> known = new ConcurrentHashMap<>();
    private final Semaphore askers;
    private volatile Runnable changed = () -> {};

    static {
        // The resolver of the system knows better how long an answer holds.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    /// @param mostAtOnce names that the resolver is asked for at the same time
    public HostNames(int mostAtOnce) {
        this.askers = new Semaphore(mostAtOnce, true);
    }

    /// @param listener called when a name has other addresses than before; must not block
    public void onChange(Runnable listener) {
        changed = listener;
    }

    /// Asks for all of them and waits for the answers.
    void resolveAll(Set<String> names) {
        names.stream()
                .map(name -> Thread.startVirtualThread(() -> resolve(name)))
                .toList()
                .forEach(HostNames::join);
    }

    private static void join(Thread asker) {
        try {
            asker.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Asks the resolver; blocks as long as that takes.
    ///
    /// @return in the resolver's order; what it said last if there is no answer, empty if there
    ///   never was one
    public List<IpAddress> resolve(String name) {
        List<IpAddress> addresses = lookUp(name);
        if (addresses.isEmpty() && !known.getOrDefault(name, List.of()).isEmpty()) {
            return known.get(name); // a resolver that is away must not take tunnels down
        }
        List<IpAddress> before = known.put(name, addresses);
        if (before == null || !Set.copyOf(addresses).equals(Set.copyOf(before))) {
            changed.run();
        }
        return addresses;
    }

    /// Asks for a name that a peer has told, which is not remembered.
    ///
    /// @return in the resolver's order; empty if there is no answer
    public List<IpAddress> lookUp(String name) {
        askers.acquireUninterruptibly();
        try {
            return Arrays.stream(InetAddress.getAllByName(name)).map(IpAddress::of).toList();
        } catch (UnknownHostException _) {
            return List.of();
        } finally {
            askers.release();
        }
    }

    /// What was resolved before; names that were not are absent.
    Map<String, List<IpAddress>> known(List<Connection> connections) {
        return names(connections)
                .filter(known::containsKey)
                .collect(Collectors.toMap(name -> name, known::get));
    }

    /// Names that were never resolved.
    Set<String> unknown(List<Connection> connections) {
        return names(connections)
                .filter(name -> !known.containsKey(name))
                .collect(Collectors.toSet());
    }

    private static Stream<String> names(List<Connection> connections) {
        return connections.stream()
                .flatMap(c -> Stream.concat(c.localAddrs().stream(), c.remoteAddrs().stream()))
                .filter(AddressSpec.HostName.class::isInstance)
                .map(spec -> ((AddressSpec.HostName) spec).name())
                .distinct();
    }
}
