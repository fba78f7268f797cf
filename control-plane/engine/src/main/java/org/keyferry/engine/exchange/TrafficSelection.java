package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.engine.Acquire;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// Traffic selectors: resolving `dynamic`, narrowing (RFC 7296 §2.9) and the choice of a child by
/// what the peer proposes.
public final class TrafficSelection {
    private static final int WEIGHT_EQUAL = 5;
    private static final int WEIGHT_OVERLAP = 1;

    /// Selectors with `dynamic` replaced by each of a host's addresses.
    public static List<TrafficSelector> resolve(List<TsSpec> specs, List<IpAddress> hosts) {
        return replace(specs, hosts.stream().map(AddressRange::host).toList());
    }

    private static List<TrafficSelector> replace(List<TsSpec> specs, List<AddressRange> dynamic) {
        return specs.stream()
                .flatMap(
                        spec ->
                                switch (spec) {
                                    case TsSpec.Fixed(var ts) -> Stream.of(ts);
                                    case TsSpec.Dynamic(int protocol, var ports) ->
                                            dynamic.stream()
                                                    .map(
                                                            range ->
                                                                    new TrafficSelector(
                                                                            protocol, ports,
                                                                            range));
                                })
                .toList();
    }

    /// What an initiator asks for: the packet that met a trap comes first (RFC 7296 §2.9), then
    /// what is configured.
    ///
    /// @param local for our side, else for the peer's
    public static List<TrafficSelector> offered(SaCore sa, Child child, boolean local) {
        List<TrafficSelector> configured =
                local
                        ? replace(child.localTs(), ownRanges(sa))
                        : resolve(child.remoteTs(), VirtualIps.hosts(sa, false));
        Optional<Acquire> acquire = sa.wishes().acquire(child.name());
        if (acquire.isEmpty() || sa.settings().children().ignoreAcquireTs()) {
            return configured;
        }
        TrafficSelector packet = local ? acquire.get().local() : acquire.get().remote();
        return Stream.concat(Stream.of(packet), configured.stream()).distinct().toList();
    }

    /// Before the peer has told our virtual IPs they may be anything; it narrows that to what it
    /// gives (RFC 7296 §2.19).
    private static List<AddressRange> ownRanges(SaCore sa) {
        List<IpAddress> wanted = VirtualIps.wanted(sa);
        return sa.virtualIps().local().isEmpty() && !wanted.isEmpty()
                ? wanted.stream()
                        .map(a -> a.v6() ? AddressRange.ALL_V6 : AddressRange.ALL_V4)
                        .distinct()
                        .toList()
                : VirtualIps.hosts(sa, true).stream().map(AddressRange::host).toList();
    }

    /// Every configured selector met with every supplied one; what others contain is dropped.
    public static List<TrafficSelector> narrow(
            List<TrafficSelector> configured, List<TrafficSelector> supplied) {
        var found = new ArrayList<TrafficSelector>();
        for (TrafficSelector own : configured) {
            for (TrafficSelector theirs : supplied) {
                own.intersect(theirs)
                        .filter(ts -> found.stream().noneMatch(f -> f.contains(ts)))
                        .ifPresent(
                                ts -> {
                                    found.removeIf(ts::contains);
                                    found.add(ts);
                                });
            }
        }
        return List.copyOf(found);
    }

    /// What of the peer's selectors lies in the address blocks of its certificate (RFC 3779); all
    /// of them if it has none.
    static List<TrafficSelector> permitted(SaCore sa, List<TrafficSelector> peers) {
        return sa.addressBlocks()
                .map(blocks -> narrow(blocks.stream().map(TrafficSelector::of).toList(), peers))
                .orElse(peers);
    }

    /// Whether a responder only narrowed: each of its selectors lies in one that was proposed.
    public static boolean within(List<TrafficSelector> answer, List<TrafficSelector> proposed) {
        return !answer.isEmpty()
                && answer.stream().allMatch(ts -> proposed.stream().anyMatch(p -> p.contains(ts)));
    }

    /// The child that fits best what the peer asks for; of equals the one loaded first.
    public static Optional<Child> chooseChild(
            List<Child> children,
            List<TrafficSelector> peerTs,
            List<TrafficSelector> ownTs,
            List<IpAddress> own,
            List<IpAddress> peer) {
        Child best = null;
        int bestWeight = 0;
        for (Child child : children) {
            if (!isNegotiated(child)) {
                continue;
            }
            int remote = weight(resolve(child.remoteTs(), peer), peerTs);
            int local = weight(resolve(child.localTs(), own), ownTs);
            if (remote > 0 && local > 0 && remote + local > bestWeight) {
                best = child;
                bestWeight = remote + local;
            }
        }
        return Optional.ofNullable(best);
    }

    /// `mode = pass` and `drop` are policies of this host alone, never negotiated.
    public static boolean isNegotiated(Child child) {
        return child.mode() != ChildMode.PASS && child.mode() != ChildMode.DROP;
    }

    private static int weight(List<TrafficSelector> configured, List<TrafficSelector> supplied) {
        int sum = 0;
        for (int i = 0; i < supplied.size(); i++) {
            int position = supplied.size() - i;
            for (TrafficSelector own : configured) {
                if (own.equals(supplied.get(i))) {
                    sum += WEIGHT_EQUAL * position;
                } else if (own.intersect(supplied.get(i)).isPresent()) {
                    sum += WEIGHT_OVERLAP * position;
                }
            }
        }
        return sum;
    }

    private TrafficSelection() {}
}
