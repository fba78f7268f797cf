package org.keyferry.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.trust.CertificateRequests;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IdType;
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
    private final List<Loaded> ownerless = new ArrayList<>();
    private final Map<Identification, List<Loaded>> byOwner = new HashMap<>();
    private final List<Loaded> patternOwned = new ArrayList<>();
    private final List<Loaded> ppks = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final Credentials credentials;
    private final List<Bytes> requestedAuthorities;

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
        int order = 0;
        for (SharedSecret secret : secrets) {
            if (secret.kind() == SharedSecret.Kind.IKE) {
                indexByOwner(new Loaded(secret, order++));
            } else if (secret.kind() == SharedSecret.Kind.PPK) {
                ppks.add(new Loaded(secret, order++));
            }
        }
        this.requestedAuthorities =
                CertificateRequests.of(List.copyOf(byName.values()), credentials);
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

    private record Loaded(SharedSecret secret, int order) {}

    private void indexByOwner(Loaded loaded) {
        List<Identification> owners = loaded.secret().owners();
        if (owners.isEmpty()) {
            ownerless.add(loaded);
        }
        for (Identification owner : owners) {
            if (isComparedByBytes(owner)) {
                byOwner.computeIfAbsent(owner, _ -> new ArrayList<>(1)).add(loaded);
            } else {
                patternOwned.add(loaded);
            }
        }
    }

    public Credentials credentials() {
        return credentials;
    }

    /// Keys of the CAs, as SHA-1, that a peer may use of whom nothing is known yet; empty if no
    /// connection asks for certificates.
    public List<Bytes> requestedAuthorities() {
        return requestedAuthorities;
    }

    public Optional<Connection> connection(String name) {
        return Optional.ofNullable(byName.get(name));
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
        var ranked = new ArrayList<Ranked>();
        rank(ownerless, localId, remoteId, ranked);
        rank(byOwner.getOrDefault(folded(remoteId), List.of()), localId, remoteId, ranked);
        rank(byOwner.getOrDefault(folded(localId), List.of()), localId, remoteId, ranked);
        rank(patternOwned, localId, remoteId, ranked);
        ranked.sort(Ranked.BEST_FIRST);
        var secrets = new ArrayList<SharedSecret>(ranked.size());
        int last = -1;
        for (Ranked each : ranked) {
            if (each.order() != last) { // one found in two ways stands side by side
                secrets.add(each.secret());
                last = each.order();
            }
        }
        return secrets;
    }

    public boolean hasPpks() {
        return !ppks.isEmpty();
    }

    /// The postquantum pre-shared key of that name: by how well an owner matches; a tie goes to the
    /// one loaded last.
    public Optional<SharedSecret> ppk(Identification id) {
        return ppks.stream()
                .filter(loaded -> ownerMatch(loaded.secret(), id) > 0)
                .max(
                        Comparator.<Loaded>comparingInt(l -> ownerMatch(l.secret(), id))
                                .thenComparingInt(Loaded::order))
                .map(Loaded::secret);
    }

    private record Ranked(SharedSecret secret, int peer, int own, int order) {
        static final Comparator<Ranked> BEST_FIRST =
                Comparator.comparingInt(Ranked::peer)
                        .thenComparingInt(Ranked::own)
                        .thenComparingInt(Ranked::order)
                        .reversed();
    }

    private static void rank(
            List<Loaded> candidates,
            Identification localId,
            Identification remoteId,
            List<Ranked> into) {
        for (Loaded loaded : candidates) {
            int peer = ownerMatch(loaded.secret(), remoteId);
            int own = ownerMatch(loaded.secret(), localId);
            if (peer > 0 || own > 0) {
                into.add(new Ranked(loaded.secret(), peer, own, loaded.order()));
            }
        }
    }

    /// Names are compared without regard to case, and patterns are matched: both need a walk.
    private static boolean isComparedByBytes(Identification owner) {
        return switch (owner.idType()) {
            case IdType.DER_ASN1_DN -> false;
            case IdType.FQDN, IdType.RFC822_ADDR ->
                    !owner.hasWildcards() && owner.equals(folded(owner));
            default -> !owner.hasWildcards();
        };
    }

    /// An identity as the index holds it.
    private static Identification folded(Identification id) {
        return switch (id.idType()) {
            case IdType.FQDN, IdType.RFC822_ADDR ->
                    new Identification(
                            id.idType(), Bytes.utf8(id.data().utf8().toLowerCase(Locale.ROOT)));
            default -> id;
        };
    }

    private static int ownerMatch(SharedSecret secret, Identification id) {
        if (secret.owners().isEmpty()) {
            return 1;
        }
        int best = 0;
        for (Identification owner : secret.owners()) {
            best = Math.max(best, id.matches(owner));
        }
        return best;
    }
}
