package org.keyferry.daemon.addresses;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.keyferry.engine.Lease;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Who has which address of one pool. An address stays its identity's when it is not in use, until
/// nothing else is left for somebody else. One thread at a time.
final class PoolLeases {
    private final Map<Identification, Owner> owners = new HashMap<>();

    /// How often each address is in use.
    private final Map<Integer, Integer> users = new HashMap<>();

    /// Not in use, the longest unused first, with whose they are.
    private final LinkedHashMap<Integer, Identification> offline = new LinkedHashMap<>();

    /// Used ones beyond [#unused], and unused ones before it.
    private final TreeSet<Integer> usedAhead = new TreeSet<>();

    private final TreeSet<Integer> passedOver = new TreeSet<>();
    private Pool pool;
    private int unused;
    private int onlineCount;

    /// What one identity has.
    private static final class Owner {
        /// In use; an address twice while one IKE_SA takes the place of another.
        final List<Online> online = new ArrayList<>(1);

        final List<Integer> offline = new ArrayList<>(1);
    }

    private record Online(int offset, Endpoint peer) {}

    PoolLeases(Pool pool) {
        this.pool = pool;
    }

    Pool pool() {
        return pool;
    }

    /// The same addresses with other attributes.
    void replace(Pool same) {
        pool = same;
    }

    int online() {
        return onlineCount;
    }

    int offline() {
        return offline.size();
    }

    /// @param former whose it was, if it was somebody's
    record Found(IpAddress address, Kind kind, Optional<Identification> former) {}

    enum Kind {
        ONLINE,
        OFFLINE,
        NEW,
        OF_ANOTHER
    }

    /// One that the identity has already: in use by the same host, as one IKE_SA takes the place of
    /// another, or not in use.
    ///
    /// @param wanted preferred of several, unless unspecified
    /// @param usable whether an address may be given
    Optional<Found> existing(
            Identification identity,
            Endpoint peer,
            IpAddress wanted,
            Predicate<IpAddress> usable,
            Predicate<IpAddress> notYet) {
        Owner owner = owners.get(identity);
        if (owner == null) {
            return Optional.empty();
        }
        Optional<Integer> online =
                owner.online.stream()
                        .filter(lease -> lease.peer().equals(peer))
                        .map(Online::offset)
                        .filter(offset -> notYet.test(pool.address(offset)))
                        .min(preferring(wanted));
        if (online.isPresent()) {
            return Optional.of(begin(online.get(), identity, peer, Kind.ONLINE, identity));
        }
        return owner.offline.stream()
                .filter(offset -> usable.test(pool.address(offset)))
                .min(preferring(wanted))
                .map(offset -> reuse(offset, identity, peer, Kind.OFFLINE));
    }

    /// Of equals the first.
    private Comparator<Integer> preferring(IpAddress wanted) {
        return Comparator.comparing(offset -> !pool.address(offset).equals(wanted));
    }

    /// One that nobody had yet.
    Optional<Found> fresh(Identification identity, Endpoint peer, Predicate<IpAddress> usable) {
        for (Iterator<Integer> left = passedOver.iterator(); left.hasNext(); ) {
            int offset = left.next();
            if (usable.test(pool.address(offset))) {
                left.remove();
                return Optional.of(begin(offset, identity, peer, Kind.NEW, identity));
            }
        }
        while (unused < pool.size()) {
            int offset = unused++;
            if (usedAhead.remove(offset)) {
                continue;
            }
            if (usable.test(pool.address(offset))) {
                return Optional.of(begin(offset, identity, peer, Kind.NEW, identity));
            }
            passedOver.add(offset);
        }
        return Optional.empty();
    }

    /// The one that has been out of use for the longest time.
    Optional<Found> ofAnother(Identification identity, Endpoint peer, Predicate<IpAddress> usable) {
        return offline.keySet().stream()
                .filter(offset -> usable.test(pool.address(offset)))
                .findFirst()
                .map(offset -> reuse(offset, identity, peer, Kind.OF_ANOTHER));
    }

    private Found reuse(int offset, Identification identity, Endpoint peer, Kind kind) {
        Identification former = offline.remove(offset);
        owners.get(former).offline.remove(Integer.valueOf(offset));
        forgetIdle(former);
        return begin(offset, identity, peer, kind, former);
    }

    private Found begin(
            int offset, Identification identity, Endpoint peer, Kind kind, Identification former) {
        Owner owner = owners.computeIfAbsent(identity, _ -> new Owner());
        owner.online.add(new Online(offset, peer));
        users.merge(offset, 1, Integer::sum);
        onlineCount++;
        return new Found(pool.address(offset), kind, Optional.of(former));
    }

    private void forgetIdle(Identification identity) {
        Owner owner = owners.get(identity);
        if (owner.online.isEmpty() && owner.offline.isEmpty()) {
            owners.remove(identity);
        }
    }

    /// Whether the address is in use.
    boolean uses(IpAddress address) {
        return pool.offset(address).filter(users::containsKey).isPresent();
    }

    /// What became of an address that was given back.
    enum Returned {
        NOT_OURS,
        /// By another IKE_SA of the same identity.
        STILL_IN_USE,
        OFFLINE
    }

    Returned giveBack(Lease lease) {
        Optional<Integer> offset = pool.offset(lease.address());
        Owner owner = owners.get(lease.identity());
        if (offset.isEmpty()
                || owner == null
                || !owner.online.remove(new Online(offset.get(), lease.peer()))) {
            return Returned.NOT_OURS;
        }
        onlineCount--;
        if (users.merge(offset.get(), -1, PoolLeases::sumOrNone) != null) {
            return Returned.STILL_IN_USE;
        }
        owner.offline.add(offset.get());
        offline.put(offset.get(), lease.identity());
        return Returned.OFFLINE;
    }

    private static Integer sumOrNone(int before, int change) {
        return before + change == 0 ? null : Integer.valueOf(before + change);
    }

    /// It is in use although it was not given here.
    void takeOver(Lease lease) {
        int offset = pool.offset(lease.address()).orElseThrow();
        Identification former = offline.remove(offset);
        if (former != null) {
            owners.get(former).offline.remove(Integer.valueOf(offset));
            forgetIdle(former);
        }
        passedOver.remove(offset);
        if (offset >= unused) {
            usedAhead.add(offset);
        }
        begin(offset, lease.identity(), lease.peer(), Kind.ONLINE, lease.identity());
    }

    /// Those in use first, each in the order of addresses.
    List<PoolLine> lines() {
        var lines = new ArrayList<PoolLine>();
        owners.forEach(
                (identity, owner) ->
                        owner.online.forEach(
                                lease ->
                                        lines.add(
                                                new PoolLine(
                                                        pool.address(lease.offset()),
                                                        identity,
                                                        true))));
        offline.forEach(
                (offset, identity) ->
                        lines.add(new PoolLine(pool.address(offset), identity, false)));
        lines.sort(
                Comparator.comparing(PoolLine::online).reversed().thenComparing(PoolLine::address));
        return lines;
    }
}
