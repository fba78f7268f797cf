package org.keyferry.daemon.addresses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.keyferry.daemon.addresses.PoolLeases.Found;
import org.keyferry.daemon.addresses.PoolLeases.Returned;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Lease;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Pools in memory, in the order of loading, and the leases of their addresses. Any thread.
public final class Pools implements AddressProvider {
    /// Names in `pools` of other sources.
    private static final Set<String> OTHERS = Set.of("radius", "dhcp");

    private final Map<String, PoolLeases> pools = new LinkedHashMap<>();

    /// Of SAs that outlived a process, from pools that are not loaded yet.
    private final List<Lease> homeless = new ArrayList<>();

    private final Log log;

    public Pools(Log log) {
        this.log = log;
    }

    /// Addresses of a pool that is to be replaced or unloaded are in use.
    public static final class InUse extends Exception {
        private static final long serialVersionUID = 1L;

        InUse(String pool) {
            super(pool);
        }
    }

    /// One of the same name is replaced; its leases stay if it has the same addresses.
    ///
    /// @throws InUse if they would not stay, and some are in use
    public synchronized void load(Pool pool) throws InUse {
        PoolLeases present = pools.get(pool.name());
        if (present != null && present.pool().sameAddresses(pool)) {
            present.replace(pool);
            log.log(Group.CFG, 1, "updated vici pool %s", described(pool));
            return;
        }
        if (present != null && present.online() > 0) {
            throw new InUse(pool.name());
        }
        var leases = new PoolLeases(pool);
        pools.put(pool.name(), leases);
        log.log(
                Group.CFG,
                1,
                "%s vici pool %s",
                present == null ? "added" : "replaced",
                described(pool));
        homeless.removeIf(
                lease -> {
                    boolean its = pool.offset(lease.address()).isPresent();
                    if (its) {
                        leases.takeOver(lease);
                    }
                    return its;
                });
    }

    private static String described(Pool pool) {
        return "%s: %s, %d %s"
                .formatted(
                        pool.name(),
                        pool.base(),
                        pool.size(),
                        pool.size() == 1 ? "entry" : "entries");
    }

    /// @return whether there was one
    /// @throws InUse if it has addresses in use
    public synchronized boolean unload(String name) throws InUse {
        PoolLeases present = pools.get(name);
        if (present != null && present.online() > 0) {
            throw new InUse(name);
        }
        return pools.remove(name) != null;
    }

    /// What others may see of a pool.
    ///
    /// @param leases those in use first
    public record View(Pool pool, int online, int offline, List<PoolLine> leases) {
        public View {
            leases = List.copyOf(leases);
        }
    }

    /// @param withLeases else the views have none
    public synchronized List<View> views(boolean withLeases) {
        return pools.values().stream()
                .map(
                        leases ->
                                new View(
                                        leases.pool(),
                                        leases.online(),
                                        leases.offline(),
                                        withLeases ? leases.lines() : List.of()))
                .toList();
    }

    @Override
    public CompletableFuture<AddressAnswer> assign(AddressRequest request) {
        return CompletableFuture.completedFuture(assignNow(request));
    }

    private synchronized AddressAnswer assignNow(AddressRequest request) {
        List<PoolLeases> named =
                request.pools().stream().map(pools::get).filter(Objects::nonNull).toList();
        var given = new ArrayList<Optional<IpAddress>>();
        var sources = new ArrayList<PoolLeases>();
        for (IpAddress wanted : request.wanted()) {
            given.add(find(request, wanted, named, given, sources));
        }
        List<ConfigAttribute> attributes =
                named.stream()
                        .filter(pool -> sources.contains(pool) || pool.pool().size() == 0)
                        .flatMap(pool -> pool.pool().attributes().stream())
                        .toList();
        boolean all = given.stream().allMatch(Optional::isPresent);
        return new AddressAnswer(given, attributes, all ? "" : shortage(request, named));
    }

    /// First all pools for what the identity has, then all for what nobody had, then all for what
    /// somebody else had.
    private Optional<IpAddress> find(
            AddressRequest request,
            IpAddress wanted,
            List<PoolLeases> named,
            List<Optional<IpAddress>> given,
            List<PoolLeases> sources) {
        List<PoolLeases> fitting =
                named.stream().filter(p -> p.pool().base().v6() == wanted.v6()).toList();
        Predicate<IpAddress> notYet = address -> !given.contains(Optional.of(address));
        Predicate<IpAddress> usable = address -> notYet.test(address) && !isUsedElsewhere(address);
        Identification identity = request.identity();
        List<Attempt> attempts =
                List.of(
                        p -> p.existing(identity, request.peer(), wanted, usable, notYet),
                        p -> p.fresh(identity, request.peer(), usable),
                        p -> p.ofAnother(identity, request.peer(), usable));
        for (Attempt attempt : attempts) {
            for (PoolLeases pool : fitting) {
                Optional<Found> found = attempt.in(pool);
                if (found.isPresent()) {
                    tell(request, found.get());
                    sources.add(pool);
                    return found.map(Found::address);
                }
            }
        }
        for (PoolLeases pool : fitting) {
            say(request, "pool '%s' is full, unable to assign address", pool.pool().name());
        }
        return Optional.empty();
    }

    private interface Attempt {
        Optional<Found> in(PoolLeases pool);
    }

    /// Pools may overlap by mistake.
    private boolean isUsedElsewhere(IpAddress address) {
        return pools.values().stream().anyMatch(pool -> pool.uses(address))
                || homeless.stream().anyMatch(lease -> lease.address().equals(address));
    }

    private void tell(AddressRequest request, Found found) {
        switch (found.kind()) {
            case NEW -> say(request, "assigning new lease to '%s'", request.identity());
            case ONLINE -> say(request, "reassigning online lease to '%s'", request.identity());
            case OFFLINE -> say(request, "reassigning offline lease to '%s'", request.identity());
            case OF_ANOTHER ->
                    say(
                            request,
                            "reassigning existing offline lease by '%s' to '%s'",
                            found.former().orElseThrow(),
                            request.identity());
        }
    }

    private void say(AddressRequest request, String format, Object... args) {
        log.log(
                new Event.Logged(
                        request.connection(),
                        request.ikeUniqueId(),
                        Group.CFG,
                        1,
                        format,
                        List.of(args)));
    }

    private String shortage(AddressRequest request, List<PoolLeases> named) {
        if (request.pools().isEmpty()) {
            return "connection '%s' has no pools".formatted(request.connection());
        }
        List<String> full =
                named.stream()
                        .filter(
                                p ->
                                        request.wanted().stream()
                                                .anyMatch(w -> w.v6() == p.pool().base().v6()))
                        .map(p -> "pool '%s' is full".formatted(p.pool().name()))
                        .toList();
        List<String> missing =
                request.pools().stream()
                        .filter(name -> !pools.containsKey(name) && !OTHERS.contains(name))
                        .map("no pool '%s' is loaded"::formatted)
                        .toList();
        var all = new ArrayList<>(full);
        all.addAll(missing);
        if (named.isEmpty() && all.isEmpty()) {
            return ""; // those say what they lack
        }
        return all.isEmpty()
                ? "pools %s have no address of this family".formatted(request.pools())
                : String.join(", ", all);
    }

    @Override
    public synchronized void giveBack(Lease lease) {
        Returned returned =
                pools.values().stream()
                        .map(pool -> pool.giveBack(lease))
                        .filter(r -> r != Returned.NOT_OURS)
                        .findFirst()
                        .orElse(Returned.NOT_OURS);
        switch (returned) {
            case NOT_OURS -> homeless.remove(lease);
            case STILL_IN_USE -> {}
            case OFFLINE ->
                    log.log(
                            Group.CFG,
                            1,
                            "lease %s by '%s' went offline",
                            lease.address(),
                            lease.identity());
        }
    }

    @Override
    public synchronized void takeOver(Lease lease) {
        pools.values().stream()
                .filter(pool -> pool.pool().offset(lease.address()).isPresent())
                .findFirst()
                .ifPresentOrElse(pool -> pool.takeOver(lease), () -> homeless.add(lease));
    }
}
