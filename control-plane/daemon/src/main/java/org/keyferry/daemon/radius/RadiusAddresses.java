package org.keyferry.daemon.radius;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event;
import org.keyferry.engine.Lease;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// Addresses that servers chose in their Access-Accept, and name servers, for connections with
/// `pools = radius`. A peer asks for its address in the same IKE_AUTH in which it logged in.
final class RadiusAddresses implements AddressProvider, EventSink {
    private static final String POOL = "radius";

    /// Logins that went on to nothing are forgotten, the oldest first.
    private static final int MOST_WAITING = 16_384;

    /// What an Access-Accept has for a peer.
    record Grant(List<IpAddress> addresses, List<ConfigAttribute> attributes) {
        Grant {
            addresses = List.copyOf(addresses);
            attributes = List.copyOf(attributes);
        }

        boolean isEmpty() {
            return addresses.isEmpty() && attributes.isEmpty();
        }
    }

    private final Map<Integer, Grant> byIke =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Integer, Grant> eldest) {
                    return size() > MOST_WAITING;
                }
            };

    synchronized void grant(int ikeUniqueId, Grant grant) {
        if (!grant.isEmpty()) {
            byIke.put(ikeUniqueId, grant);
        }
    }

    @Override
    public synchronized CompletableFuture<AddressAnswer> assign(AddressRequest request) {
        Grant grant = byIke.get(request.ikeUniqueId());
        if (!request.pools().contains(POOL)) {
            return CompletableFuture.completedFuture(AddressAnswer.nothing(request, ""));
        }
        if (grant == null) {
            return CompletableFuture.completedFuture(
                    AddressAnswer.nothing(request, "the RADIUS server gave no address"));
        }
        var left = new ArrayList<>(grant.addresses());
        var given = new ArrayList<Optional<IpAddress>>();
        for (IpAddress wanted : request.wanted()) {
            Optional<IpAddress> found =
                    left.stream().filter(address -> address.v6() == wanted.v6()).findFirst();
            found.ifPresent(left::remove);
            given.add(found);
        }
        boolean all = given.stream().allMatch(Optional::isPresent);
        return CompletableFuture.completedFuture(
                new AddressAnswer(
                        given,
                        grant.attributes(),
                        all ? "" : "the RADIUS server gave no address of that family"));
    }

    /// The server knows by accounting that an address is free again.
    @Override
    public void giveBack(Lease lease) {}

    @Override
    public void takeOver(Lease lease) {}

    @Override
    public void tell(Event event) {
        if (event instanceof Event.IkeUp(var ike)) {
            synchronized (this) {
                byIke.remove(ike.uniqueId());
            }
        }
    }
}
