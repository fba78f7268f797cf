package org.keyferry.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.trust.CertificateRequests;
import org.keyferry.engine.trust.OwnAnnouncement;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.SharedSecret.Kind;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// All loaded connections and secrets, indexed so that a message finds its candidates without
/// walking all of them. Immutable; a reload makes a new one.
public final class Configuration {
    private static final int QUALITY_HOST = 129;
    private static final int QUALITY_ANY = 1;
    private static final int PEER_WEIGHT = 16;
    private static final int OWN_WEIGHT = 8;

    private final Map<String, Connection> byName = new LinkedHashMap<>();
    private final Map<IpAddress, List<Connection>> byPeer = new HashMap<>();
    private final List<Connection> unbound = new ArrayList<>();
    private final Map<String, Integer> loadOrder = new HashMap<>();
    private final Map<String, List<IpAddress>> hosts;
    private final SecretIndex preShared;
    private final SecretIndex eapSecrets;
    private final SecretIndex ppks;
    private final List<String> refusals = new ArrayList<>();
    private final Credentials credentials;
    private final List<Bytes> requestedAuthorities;
    private final boolean limitsSignatures;

    /// Leaves out what cannot be done and tells so in [#refusals].
    ///
    /// @param hosts addresses of the DNS names in the connections, as resolved by the daemon
    public Configuration(
            List<Connection> connections,
            List<SharedSecret> secrets,
            Map<String, List<IpAddress>> hosts) {
        this(connections, secrets, hosts, Credentials.none());
    }

    /// As the other.
    ///
    /// @param credentials certificates and keys
    public Configuration(
            List<Connection> connections,
            List<SharedSecret> secrets,
            Map<String, List<IpAddress>> hosts,
            Credentials credentials) {
        this.credentials = credentials;
        this.hosts = Map.copyOf(hosts);
        for (Connection connection : connections) {
            if (byName.containsKey(connection.name())) {
                refusals.add("connection '%s' is there twice".formatted(connection.name()));
            } else {
                Usable.part(connection, refusals).ifPresent(this::add);
            }
        }
        this.preShared = new SecretIndex(ofKind(secrets, Set.of(Kind.IKE)));
        this.eapSecrets = new SecretIndex(ofKind(secrets, Set.of(Kind.EAP, Kind.NTLM)));
        this.ppks = new SecretIndex(ofKind(secrets, Set.of(Kind.PPK)));
        this.requestedAuthorities =
                CertificateRequests.of(List.copyOf(byName.values()), credentials);
        this.limitsSignatures = byName.values().stream().anyMatch(OwnAnnouncement::limits);
    }

    private static List<SharedSecret> ofKind(List<SharedSecret> secrets, Set<Kind> kinds) {
        return secrets.stream().filter(secret -> kinds.contains(secret.kind())).toList();
    }

    public static Configuration empty() {
        return new Configuration(List.of(), List.of(), Map.of());
    }

    private void add(Connection connection) {
        byName.put(connection.name(), connection);
        loadOrder.put(connection.name(), loadOrder.size());
        indexByPeer(connection);
        for (var specs : List.of(connection.localAddrs(), connection.remoteAddrs())) {
            for (AddressSpec spec : specs) {
                if (spec instanceof AddressSpec.HostName(var host) && ranges(spec).isEmpty()) {
                    refusals.add(
                            "connection '%s': '%s' has no address"
                                    .formatted(connection.name(), host));
                }
            }
        }
    }

    /// What was left out, or cannot match now, a sentence each: for the log and the user who loads.
    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    private void indexByPeer(Connection connection) {
        Set<IpAddress> bound = new HashSet<>();
        if (connection.remoteAddrs().isEmpty()) {
            unbound.add(connection);
        }
        for (AddressSpec spec : connection.remoteAddrs()) {
            List<AddressRange> ranges = ranges(spec);
            boolean exact =
                    !(spec instanceof AddressSpec.Any)
                            && ranges.stream().allMatch(r -> r.first().equals(r.last()));
            if (!exact) {
                unbound.add(connection);
                return;
            }
            ranges.forEach(r -> bound.add(r.first()));
        }
        bound.forEach(ip -> byPeer.computeIfAbsent(ip, _ -> new ArrayList<>(1)).add(connection));
    }

    public Credentials credentials() {
        return credentials;
    }

    /// Keys of the CAs, as SHA-1, that a peer may use of whom nothing is known yet; empty if no
    /// connection asks for certificates.
    public List<Bytes> requestedAuthorities() {
        return requestedAuthorities;
    }

    /// Whether some connection takes certain signatures only.
    public boolean limitsSignatures() {
        return limitsSignatures;
    }

    public Optional<Connection> connection(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Whether there is no connection.
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    public List<Connection> connections() {
        return List.copyOf(byName.values());
    }

    /// A connection whose addresses admit a pair.
    ///
    /// @param score how well, above 0
    public record Admitted(Connection connection, int score) {}

    /// Connections whose addresses admit this pair, best match first, then in load order.
    public List<Connection> matching(Endpoint local, Endpoint remote) {
        return admitting(local, remote).stream()
                .sorted(Comparator.comparingInt(Admitted::score).reversed())
                .map(Admitted::connection)
                .toList();
    }

    /// The same in load order.
    public List<Admitted> admitting(Endpoint local, Endpoint remote) {
        var admitted = new ArrayList<Admitted>();
        var candidates = new ArrayList<>(byPeer.getOrDefault(remote.address(), List.of()));
        candidates.addAll(unbound);
        for (Connection connection : candidates) {
            int own = quality(connection.localAddrs(), local, connection.localPort());
            int peer = quality(connection.remoteAddrs(), remote, connection.remotePort());
            if (own > 0 && peer > 0) {
                admitted.add(new Admitted(connection, own * OWN_WEIGHT + peer * PEER_WEIGHT));
            }
        }
        admitted.sort(Comparator.comparingInt(a -> loadOrder.get(a.connection().name())));
        return admitted;
    }

    private int quality(List<AddressSpec> specs, Endpoint endpoint, int port) {
        int best = quality(specs, endpoint);
        return best > 0 && endpoint.port() == port ? best + 1 : best;
    }

    private int quality(List<AddressSpec> specs, Endpoint endpoint) {
        int best = specs.isEmpty() ? QUALITY_ANY : 0;
        for (AddressSpec spec : specs) {
            if (spec instanceof AddressSpec.Any) {
                best = Math.max(best, QUALITY_ANY);
                continue;
            }
            for (AddressRange range : ranges(spec)) {
                if (range.contains(endpoint.address())) {
                    best = Math.max(best, quality(range));
                }
            }
        }
        return best;
    }

    private static int quality(AddressRange range) {
        if (range.first().equals(range.last())) {
            return QUALITY_HOST;
        }
        var bits = range.prefixBits();
        return bits.isPresent() ? bits.getAsInt() + 1 : QUALITY_ANY;
    }

    private List<AddressRange> ranges(AddressSpec spec) {
        return switch (spec) {
            case AddressSpec.Any() ->
                    List.of(
                            AddressRange.ofPrefix(IpAddress.ANY_V4, 0),
                            AddressRange.ofPrefix(IpAddress.ANY_V6, 0));
            case AddressSpec.Range(var range) -> List.of(range);
            case AddressSpec.HostName(var name) ->
                    hosts.getOrDefault(name, List.of()).stream().map(AddressRange::host).toList();
        };
    }

    /// Pre-shared keys for a pair of identities: by how well an owner matches the peer, then by how
    /// well one matches this side; a tie goes to the one loaded last.
    public List<SharedSecret> sharedKeys(Identification localId, Identification remoteId) {
        return preShared.of(localId, remoteId);
    }

    public boolean hasPpks() {
        return !ppks.isEmpty();
    }

    /// The postquantum pre-shared key of that name: by how well an owner matches; a tie goes to the
    /// one loaded last.
    public Optional<SharedSecret> ppk(Identification id) {
        return ppks.of(Identification.ANY, id).stream().findFirst();
    }

    /// Passwords of EAP, and hashes of them, in the same order.
    public List<SharedSecret> eapSecrets(Identification localId, Identification remoteId) {
        return eapSecrets.of(localId, remoteId);
    }
}
