package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Ids;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Path;
import org.keyferry.engine.exchange.Streams;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// Moves an IKE_SA and its CHILD_SAs to other endpoints: after a peer whose NAT gave it another
/// address or port (RFC 7296 §2.23), or because MOBIKE says so (RFC 4555).
public final class Roaming {
    private static final int IKE_PORT = 500;
    private static final int NAT_T_PORT = 4500;

    /// A new IKE message of the peer came along this path. With MOBIKE it is for the initiator to
    /// say what that means (RFC 4555 §3.8).
    static void follow(SaCore sa, State state, Endpoint to, Endpoint from, Outbox out) {
        if (from.tcp()) {
            Streams.follow(sa, state, to, from, out);
        } else if (!sa.mobility().agreed()) {
            followNat(sa, state, to, from, out);
        }
    }

    /// Callers have verified what came from there: an IKE message that was not here before, or ESP.
    /// Where this side is behind a NAT itself, the peer is not followed: it would have to be
    /// reached through a mapping that our NAT does not have.
    static void followNat(SaCore sa, State state, Endpoint to, Endpoint from, Outbox out) {
        boolean may =
                state instanceof State.Established
                        && sa.natRemote()
                        && !sa.natLocal()
                        && !sa.remote().tcp()
                        && to.equals(sa.local())
                        && !from.equals(sa.remote());
        // what the kernel is being given would stay behind; the next packet leads there as well
        if (may && !sa.questions().kernelBusy()) {
            moveIke(sa, state, to, from, out);
            moveChildren(sa, state, out);
        }
    }

    /// The IKE_SA alone; its CHILD_SAs stay until [#moveChildren].
    public static void moveIke(
            SaCore sa, State state, Endpoint local, Endpoint remote, Outbox out) {
        if (local.equals(sa.local()) && remote.equals(sa.remote())) {
            return;
        }
        if (!local.equals(sa.local())) {
            out.log(sa, Group.IKE, 1, "local endpoint changed from %s to %s", sa.local(), local);
        }
        if (!remote.equals(sa.remote())) {
            out.log(sa, Group.IKE, 1, "remote endpoint changed from %s to %s", sa.remote(), remote);
        }
        out.tell(new Event.IkeMoved(IkeViews.of(sa, state), local, remote));
        leaveChildren(sa);
        VirtualIps.follow(sa, remote, out);
        sa.endpoints(local, remote);
    }

    /// The IKE_SA is about to go elsewhere; what the kernel has and has reserved stays.
    public static void leaveChildren(SaCore sa) {
        var mobility = sa.mobility();
        if (mobility.childrenAt().isEmpty()) {
            mobility.childrenAt(Optional.of(new Mobility.Place(sa.local(), sa.remote())));
        }
    }

    /// CHILD_SAs follow when no other one is on its way into the kernel, which would stay behind.
    static void catchUp(SaCore sa, State.Established up, Outbox out) {
        boolean underWay =
                sa.questions().kernelBusy()
                        || up.own().orElse(null) instanceof OwnExchange.OfChild
                        || up.peers().orElse(null) instanceof PeersExchange.PeersChild;
        if (sa.mobility().childrenDue() && !underWay) {
            moveChildren(sa, up, out);
        }
    }

    private static void moveChildren(SaCore sa, State state, Outbox out) {
        List<IpAddress> virtual = sa.virtualIps().local();
        if (!virtual.isEmpty()) {
            out.kernelAside(sa, new KernelOp.MoveAddresses(virtual, sa.remote()));
        }
        for (ChildSa child : List.copyOf(sa.children())) {
            if (child.state() != ChildSa.State.DELETED) {
                ChildSa moved = moved(sa, child);
                if (!moved.installation().equals(child.installation())) {
                    sa.replaceChild(child, moved);
                    out.kernelAside(
                            sa, new KernelOp.MoveChild(child.installation(), moved.installation()));
                    out.tell(
                            new Event.ChildMoved(
                                    IkeViews.of(sa, state), child.view(), moved.view()));
                }
            }
        }
        sa.mobility().childrenAt(Optional.empty());
        sa.mobility().childrenDue(false);
    }

    /// Selectors that are one of the hosts itself follow that host, and get a reqid of their own.
    private static ChildSa moved(SaCore sa, ChildSa child) {
        ChildInstallation now = child.installation();
        var localTs = follow(now.localTs(), now.local().address(), sa.local().address());
        var remoteTs = follow(now.remoteTs(), now.remote().address(), sa.remote().address());
        ChildInstallation moved = now.between(sa.local(), sa.remote(), sa.encap());
        if (localTs.equals(now.localTs()) && remoteTs.equals(now.remoteTs())) {
            return child.moved(moved, child.reqidKey());
        }
        var key = Ids.ReqidKey.of(now.tags(), localTs, remoteTs, now.config().label());
        int reqid = now.reqid();
        if (now.config().kernel().reqid() == 0) {
            reqid = sa.ids().reqid(key);
            sa.ids().releaseReqid(child.reqidKey());
        }
        return child.moved(moved.covering(localTs, remoteTs, reqid), key);
    }

    private static List<TrafficSelector> follow(
            List<TrafficSelector> selectors, IpAddress before, IpAddress after) {
        var host = AddressRange.host(before);
        return selectors.stream()
                .map(
                        ts ->
                                ts.addresses().equals(host)
                                        ? new TrafficSelector(
                                                ts.ipProtocol(),
                                                ts.ports(),
                                                AddressRange.host(after))
                                        : ts)
                .toList();
    }

    /// Our end of a path: the port stays.
    public static Endpoint local(SaCore sa, Path path) {
        return new Endpoint(path.local(), sa.local().port(), sa.local().tcp());
    }

    /// The peer's end: behind a NAT it has the port that it has, elsewhere the ordinary one.
    public static Endpoint remote(SaCore sa, Path path) {
        if (path.remote().equals(sa.remote().address())) {
            return sa.remote();
        }
        int configured = sa.connection().remotePort();
        boolean ordinary = configured == IKE_PORT && sa.remote().port() != IKE_PORT;
        return new Endpoint(path.remote(), ordinary ? NAT_T_PORT : configured);
    }

    /// Our end of CHILD_SAs; another one than the IKE_SA's while that has moved ahead of them.
    public static Endpoint childLocal(SaCore sa) {
        return sa.mobility().childrenAt().map(Mobility.Place::local).orElse(sa.local());
    }

    public static Endpoint childRemote(SaCore sa) {
        return sa.mobility().childrenAt().map(Mobility.Place::remote).orElse(sa.remote());
    }

    /// Sends a request along the present path, or along all that are tried; one that tries UDP goes
    /// by UDP alone.
    public static void transmit(SaCore sa, List<Bytes> datagrams, Instant now, Outbox out) {
        Optional<UdpTrials.Trial> trial = sa.extensions().udp().trial();
        if (trial.isPresent()) {
            sa.spoke(now);
            int dscp = sa.connection().dscp();
            Endpoint from = trial.get().local();
            Endpoint to = trial.get().remote();
            datagrams.forEach(datagram -> out.send(from, to, datagram, true, dscp));
            return;
        }
        if (sa.mobility().search().isEmpty()) {
            datagrams.forEach(datagram -> sa.send(datagram, now, out));
            return;
        }
        sa.spoke(now);
        for (Path path : sa.mobility().search().get().paths()) {
            Endpoint from = local(sa, path);
            Endpoint to = remote(sa, path);
            int dscp = sa.connection().dscp();
            datagrams.forEach(datagram -> out.send(from, to, datagram, sa.marked(), dscp));
        }
    }

    /// When the request that is sent now is due again: sooner while paths are tried.
    static Instant paced(SaCore sa, Instant now) {
        if (sa.mobility().search().isPresent()) {
            sa.requests().postpone(now.plus(Mobility.PROBE_INTERVAL));
        }
        return sa.requests().outstanding().orElseThrow().due();
    }

    /// The NAT between us is another one, or there is none any more.
    public static void natChanged(SaCore sa, boolean wasLocal, boolean wasRemote, Outbox out) {
        if (sa.natLocal() && !wasLocal) {
            out.log(sa, Group.IKE, 0, "local host is behind NAT, sending keep alives");
        } else if (wasLocal && !sa.natLocal()) {
            out.log(sa, Group.IKE, 1, "local host is not behind NAT anymore");
        }
        if (sa.natRemote() && !wasRemote) {
            out.log(sa, Group.IKE, 0, "remote host is behind NAT");
        } else if (wasRemote && !sa.natRemote()) {
            out.log(sa, Group.IKE, 1, "remote host is not behind NAT anymore");
        }
    }

    private Roaming() {}
}
