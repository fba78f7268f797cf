package org.keyferry.engine.sa;

import java.util.List;
import org.keyferry.engine.Effect;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Lease;
import org.keyferry.engine.Outbox;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Addresses inside the tunnels of one IKE_SA. They go with it over rekeyings, and end with it.
///
/// @param local that the peer gave us
/// @param leases that we gave the peer
/// @param received what the peer told along with `local`
public record VirtualIps(
        List<IpAddress> local, List<Lease> leases, List<ConfigAttribute> received) {
    public static final VirtualIps NONE = new VirtualIps(List.of(), List.of(), List.of());

    public VirtualIps {
        local = List.copyOf(local);
        leases = List.copyOf(leases);
        received = List.copyOf(received);
    }

    /// Of the peer.
    public List<IpAddress> remote() {
        return leases.stream().map(Lease::address).toList();
    }

    /// What `dynamic` stands for in traffic selectors: virtual IPs if there are any, else the outer
    /// address. A peer that should have got a virtual IP, but did not, has no address at all.
    public static List<IpAddress> hosts(SaCore sa, boolean ownSide) {
        List<IpAddress> virtual = ownSide ? sa.virtualIps().local() : sa.virtualIps().remote();
        if (!virtual.isEmpty()) {
            return virtual;
        }
        boolean lacking =
                !ownSide
                        && !sa.isOriginalInitiator()
                        && !sa.connection().addressing().pools().isEmpty();
        return lacking ? List.of() : List.of((ownSide ? sa.local() : sa.remote()).address());
    }

    /// As initiator: what the peer is asked for. An SA that is set up in the place of another one
    /// asks for the addresses of that one.
    public static List<IpAddress> wanted(SaCore sa) {
        List<IpAddress> former = sa.replacement().formerAddresses();
        return former.isEmpty() ? sa.connection().addressing().vips() : former;
    }

    /// That the peer told us of.
    public List<IpAddress> nameServers() {
        return received.stream()
                .filter(
                        attribute ->
                                attribute.type() == ConfigAttribute.INTERNAL_IP4_DNS
                                        || attribute.type() == ConfigAttribute.INTERNAL_IP6_DNS)
                .filter(attribute -> !attribute.value().isEmpty())
                .map(attribute -> IpAddress.ofBytes(attribute.value()))
                .toList();
    }

    /// An IKE_SA in the place of this one has to be begun by the peer, as it asks for addresses.
    public boolean onlyPeerCanBegin() {
        return !leases.isEmpty();
    }

    public VirtualIps withoutLocal() {
        return new VirtualIps(List.of(), leases, received);
    }

    /// The peer is somewhere else from now on, and will ask from there for what it has.
    static void follow(SaCore sa, Endpoint remote, Outbox out) {
        VirtualIps held = sa.virtualIps();
        if (held.leases().isEmpty() || remote.equals(sa.remote())) {
            return;
        }
        List<Lease> moved =
                held.leases().stream()
                        .map(lease -> new Lease(lease.address(), lease.identity(), remote))
                        .toList();
        moved.forEach(lease -> out.add(new Effect.TakeOver(lease)));
        held.leases().forEach(lease -> out.add(new Effect.GiveBack(lease)));
        sa.virtualIps(new VirtualIps(held.local(), moved, held.received()));
    }

    /// At the end of the SA: its own addresses leave the host, the peer's are free.
    static void giveBack(SaCore core, Outbox out) {
        VirtualIps held = core.virtualIps();
        core.virtualIps(NONE);
        if (!held.local().isEmpty()) {
            out.kernelAside(core, new KernelOp.RemoveAddresses(held.local()));
        }
        held.leases().forEach(lease -> out.add(new Effect.GiveBack(lease)));
    }
}
