package org.keyferry.daemon.lan;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// Which virtual IPs peers have, and who may reach them: as the CHILD_SAs say that are there.
final class ArpEntries implements EventSink {
    /// By virtual IP, then by CHILD_SA.
    private final Map<IpAddress, Map<Integer, List<TrafficSelector>>> localByAddress =
            new ConcurrentHashMap<>();

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.ChildUp(var ike, var child) ->
                    ike.virtualIps().remote().stream()
                            .filter(address -> !address.v6())
                            .forEach(address -> add(address, child.installation()));
            case Event.ChildDown(var ike, var child, _) ->
                    ike.virtualIps()
                            .remote()
                            .forEach(address -> remove(address, child.installation()));
            case Event.ChildRekeyed(var ike, var former, var now) ->
                    ike.virtualIps()
                            .remote()
                            .forEach(
                                    address -> {
                                        add(address, now.installation());
                                        remove(address, former.installation());
                                    });
            default -> {} // nothing about who has which address
        }
    }

    private void add(IpAddress address, ChildInstallation child) {
        var host = TrafficSelector.of(new AddressRange(address, address));
        if (!address.v6() && child.remoteTs().stream().anyMatch(ts -> meets(ts, host))) {
            localByAddress.compute(
                    address,
                    (_, present) -> {
                        var all = new ConcurrentHashMap<Integer, List<TrafficSelector>>();
                        if (present != null) {
                            all.putAll(present);
                        }
                        all.put(child.childUniqueId(), child.localTs());
                        return all;
                    });
        }
    }

    private void remove(IpAddress address, ChildInstallation child) {
        localByAddress.computeIfPresent(
                address,
                (_, present) -> {
                    var rest = new ConcurrentHashMap<>(present);
                    rest.remove(child.childUniqueId());
                    return rest.isEmpty() ? null : rest;
                });
    }

    private static boolean meets(TrafficSelector selector, TrafficSelector host) {
        return selector.intersect(host).isPresent();
    }

    /// Whether the peer that has `address` is reached through here by `asking`.
    boolean answers(IpAddress asking, IpAddress address) {
        var host = TrafficSelector.of(new AddressRange(asking, asking));
        return !asking.equals(address)
                && localByAddress.getOrDefault(address, Map.of()).values().stream()
                        .flatMap(List::stream)
                        .anyMatch(ts -> meets(ts, host));
    }
}
