package org.keyferry.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Lease;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Addresses that a peer has for others. What must never happen is an [AssertionError]: an address
/// for two identities, or one that is given back and was not given.
public final class SimPool {
    private final List<IpAddress> addresses;
    private final List<ConfigAttribute> attributes;
    private final List<Lease> online = new ArrayList<>();
    private final Map<Identification, List<IpAddress>> former = new HashMap<>();

    SimPool(List<IpAddress> addresses, List<ConfigAttribute> attributes) {
        this.addresses = List.copyOf(addresses);
        this.attributes = List.copyOf(attributes);
    }

    AddressAnswer assign(AddressRequest request) {
        var given = new ArrayList<Optional<IpAddress>>();
        for (IpAddress wanted : request.wanted()) {
            Optional<IpAddress> found = find(request, wanted, given);
            found.ifPresent(a -> online.add(new Lease(a, request.identity(), request.peer())));
            given.add(found);
        }
        boolean all = given.stream().allMatch(Optional::isPresent);
        return new AddressAnswer(given, attributes, all ? "" : "the pool is full");
    }

    private Optional<IpAddress> find(
            AddressRequest request, IpAddress wanted, List<Optional<IpAddress>> given) {
        List<IpAddress> fitting =
                addresses.stream()
                        .filter(a -> a.v6() == wanted.v6())
                        .filter(a -> !given.contains(Optional.of(a)))
                        .toList();
        Optional<IpAddress> same =
                fitting.stream()
                        .filter(
                                a ->
                                        online.contains(
                                                new Lease(a, request.identity(), request.peer())))
                        .findFirst();
        List<IpAddress> had = former.getOrDefault(request.identity(), List.of());
        return same.or(
                        () ->
                                fitting.stream()
                                        .filter(had::contains)
                                        .filter(this::isFree)
                                        .findFirst())
                .or(() -> Optional.of(wanted).filter(fitting::contains).filter(this::isFree))
                .or(() -> fitting.stream().filter(this::isFree).findFirst());
    }

    private boolean isFree(IpAddress address) {
        return online.stream().noneMatch(lease -> lease.address().equals(address));
    }

    void giveBack(Lease lease) {
        if (!online.remove(lease)) {
            throw new AssertionError(lease + " is given back, but was not given");
        }
        former.computeIfAbsent(lease.identity(), _ -> new ArrayList<>()).add(lease.address());
    }

    /// An SA from a record uses it.
    void takeOver(Lease lease) {
        online.add(lease);
    }

    /// The process that had them has ended.
    void forgetOnline() {
        online.clear();
    }

    /// In use, as text, sorted; one that two IKE_SAs use stands there twice.
    public List<String> online() {
        return online.stream()
                .map(lease -> lease.address() + " " + lease.identity())
                .sorted()
                .collect(Collectors.toList());
    }
}
