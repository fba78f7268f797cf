package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmReplay;
import org.keyferry.netlink.xfrm.XfrmSaDirection;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateBuilder;
import org.keyferry.netlink.xfrm.XfrmStateFlag;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.CopyDscp;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// The states of a CHILD_SA as the kernel wants them: ESP or AH in each direction, and with IPComp
/// one more for compression, which then has the mode while the other carries it in transport mode.
final class ChildStates {
    /// Largest window that the fixed struct holds; also what a window of 0 becomes with ESN, which
    /// the kernel refuses without replay protection.
    private static final int SMALL_WINDOW_PACKETS = 32;

    private static final int HMAC_SHA2_256_128 = 12;
    private static final int HMAC_SHA2_256_96 = 1_026;

    private final ChildLifetimes lifetimes;
    private final boolean kernelKnowsDirection;
    private final boolean portsInTransport;

    /// Draws the random parts of the soft limits from `random`.
    ///
    /// @param kernelKnowsDirection whether states tell their direction: Linux 6.10 and newer
    /// @param portsInTransport whether states in transport mode select by protocol and ports, too
    ChildStates(RandomGenerator random, boolean kernelKnowsDirection, boolean portsInTransport) {
        this.lifetimes = new ChildLifetimes(random);
        this.kernelKnowsDirection = kernelKnowsDirection;
        this.portsInTransport = portsInTransport;
    }

    /// The kernel has no name for a transform that was negotiated.
    static final class UnknownTransform extends Exception {
        private static final long serialVersionUID = 1L;

        UnknownTransform(Transform transform) {
            super("the kernel's name of " + transform + " is not known");
        }
    }

    /// A state that only reserves an SPI. Its mode is always tunnel.
    XfrmStateBuilder larval(XfrmStateId id, InetAddress source) {
        var state = XfrmState.builder(id, source, XfrmMode.TUNNEL);
        return kernelKnowsDirection ? state.direction(XfrmSaDirection.IN) : state;
    }

    /// In the order of [#inbound].
    static List<XfrmStateId> inboundIds(ChildInstallation child) {
        Mark mark = child.config().kernel().markInSa() ? child.tags().markIn() : Mark.NONE;
        return ids(
                child,
                Inet.of(child.local().address()),
                ChildPolicy.mark(mark),
                child.spiIn().value(),
                child.ipcomp().map(Ipcomp::cpiIn).orElse(0));
    }

    /// In the order of [#outbound].
    static List<XfrmStateId> outboundIds(ChildInstallation child) {
        return ids(
                child,
                Inet.of(child.remote().address()),
                ChildPolicy.mark(child.tags().markOut()),
                child.spiOut().value(),
                child.ipcomp().map(Ipcomp::cpiOut).orElse(0));
    }

    private static List<XfrmStateId> ids(
            ChildInstallation child, InetAddress destination, XfrmMark mark, int spi, int cpi) {
        int protocol = IpProtocols.of(child.protocolId());
        var id = new XfrmStateId(destination, new Spi(spi), protocol, mark);
        return cpi == 0
                ? List.of(id)
                : List.of(new XfrmStateId(destination, new Spi(cpi), IpProtocols.COMP, mark), id);
    }

    /// Hold a copy of the keys: close them.
    List<XfrmState> inbound(ChildInstallation child, DirectionKeys keys, Placement placement)
            throws UnknownTransform {
        InetAddress source = Inet.of(child.remote().address());
        var states = new ArrayList<XfrmState>();
        for (XfrmStateId id : inboundIds(child)) {
            boolean compresses = id.protocol() == IpProtocols.COMP;
            var state = XfrmState.builder(id, source, mode(child, compresses));
            state.ifId(child.tags().ifIdIn()).reqid(child.reqid());
            if (needsSelector(child)) {
                state.selector(selector(child.remoteTs(), child.localTs()));
            }
            header(state, child, compresses);
            headerIn(state, child.config().kernel());
            if (kernelKnowsDirection) {
                state.direction(XfrmSaDirection.IN);
            }
            if (compresses) {
                state.algorithm(XfrmAlgorithm.Compression.of("deflate"));
            } else {
                protection(state, child, keys.encrIn(), keys.integIn());
                replayWindow(state, child.config().kernel().replayWindow(), child.esn());
                state.lifetime(lifetimes.inbound(child));
                setMark(state, child.tags().setMarkIn());
                if (child.encap()) {
                    state.encap(Inet.encap(child.remote(), child.local()));
                }
                if (placement.isOffloaded()) {
                    state.offload(placement.xfrm(Inet.family(child.local().address()), true));
                }
            }
            states.add(state.build());
        }
        return states;
    }

    /// Hold a copy of the keys: close them.
    List<XfrmState> outbound(ChildInstallation child, DirectionKeys keys, Placement placement)
            throws UnknownTransform {
        InetAddress source = Inet.of(child.local().address());
        var states = new ArrayList<XfrmState>();
        for (XfrmStateId id : outboundIds(child)) {
            boolean compresses = id.protocol() == IpProtocols.COMP;
            var state = XfrmState.builder(id, source, mode(child, compresses));
            state.ifId(child.tags().ifIdOut()).reqid(child.reqid());
            state.acquireSequence(child.acquireSequence());
            if (needsSelector(child)) {
                state.selector(selector(child.localTs(), child.remoteTs()));
            }
            header(state, child, compresses);
            headerOut(state, child.config().kernel());
            if (kernelKnowsDirection) {
                state.direction(XfrmSaDirection.OUT);
            }
            if (compresses) {
                state.algorithm(XfrmAlgorithm.Compression.of("deflate"));
            } else {
                protection(state, child, keys.encrOut(), keys.integOut());
                state.lifetime(lifetimes.outbound(child));
                setMark(state, child.tags().setMarkOut());
                padding(state, child);
                if (child.encap()) {
                    state.encap(Inet.encap(child.local(), child.remote()));
                }
                if (child.esn()) {
                    // Kernels that do not know a state to be outbound refuse a window of 0.
                    state.replay(XfrmReplay.Extended.window(kernelKnowsDirection ? 0 : 1));
                }
                if (placement.isOffloaded()) {
                    state.offload(placement.xfrm(Inet.family(child.local().address()), false));
                }
            }
            states.add(state.build());
        }
        return states;
    }

    /// Of the state for compression, or of the other one.
    private static XfrmMode mode(ChildInstallation child, boolean compresses) {
        return compresses || child.ipcomp().isEmpty()
                ? ChildPolicy.mode(child.mode())
                : XfrmMode.TRANSPORT;
    }

    /// A state has one selector only: below an IPComp tunnel, too, it has none, or packets of other
    /// selectors were dropped.
    static boolean needsSelector(ChildInstallation child) {
        return child.mode() != ChildMode.TUNNEL;
    }

    /// Of the first pair; two selectors that exclude each other leave it to their addresses.
    private XfrmSelector selector(List<TrafficSelector> from, List<TrafficSelector> to) {
        XfrmSelector addresses = Selectors.addresses(from.getFirst(), to.getFirst());
        return portsInTransport
                ? Selectors.between(from.getFirst(), to.getFirst()).orElse(addresses)
                : addresses;
    }

    /// How headers are made, where it does not depend on the direction.
    private static void header(
            XfrmStateBuilder state, ChildInstallation child, boolean compresses) {
        if (mode(child, compresses).equals(XfrmMode.TUNNEL)) {
            state.flag(XfrmStateFlag.AF_UNSPEC);
        }
        if (!child.config().kernel().copyEcn()) {
            state.flag(XfrmStateFlag.NO_ECN);
        }
    }

    private static void headerIn(XfrmStateBuilder state, KernelOptions config) {
        if (config.copyDscp() == CopyDscp.IN || config.copyDscp() == CopyDscp.YES) {
            state.flag(XfrmStateFlag.DECAP_DSCP);
        }
        if (config.icmp()) {
            state.flag(XfrmStateFlag.ICMP);
        }
    }

    private static void headerOut(XfrmStateBuilder state, KernelOptions config) {
        if (!config.copyDf()) {
            state.flag(XfrmStateFlag.NO_PMTU_DISC);
        }
        if (config.copyDscp() == CopyDscp.IN || config.copyDscp() == CopyDscp.NO) {
            state.flag(XfrmStateFlag.DONT_ENCAP_DSCP);
        }
    }

    private static void protection(
            XfrmStateBuilder state, ChildInstallation child, Secret encrKey, Secret integKey)
            throws UnknownTransform {
        Transform encr = child.encr();
        if (encr != null) {
            state.algorithm(
                    KernelAlgorithms.encryption(encr, encrKey.array())
                            .orElseThrow(() -> new UnknownTransform(encr)));
        }
        if (child.integ() != null) {
            Transform integ = truncated(child);
            state.algorithm(
                    KernelAlgorithms.integrity(integ, integKey.array())
                            .orElseThrow(() -> new UnknownTransform(integ)));
        }
        if (IpProtocols.of(child.protocolId()) == IpProtocols.AH && !child.local().address().v6()) {
            state.flag(XfrmStateFlag.ALIGN4);
        }
        if (child.esn()) {
            state.flag(XfrmStateFlag.ESN);
        }
    }

    /// HMAC-SHA-256 as old kernels and devices cut it, if the configuration says so.
    private static Transform truncated(ChildInstallation child) {
        boolean sha256 = child.integ().id() == HMAC_SHA2_256_128;
        return sha256 && child.config().kernel().sha256Truncated()
                ? Transform.of(TransformType.INTEG, HMAC_SHA2_256_96)
                : child.integ();
    }

    private static void replayWindow(XfrmStateBuilder state, int packets, boolean esn) {
        if (esn || packets > SMALL_WINDOW_PACKETS) {
            int window = packets == 0 ? SMALL_WINDOW_PACKETS : packets;
            state.replay(XfrmReplay.Extended.window(window));
        } else {
            state.replayWindowPackets(packets);
        }
    }

    private static void setMark(XfrmStateBuilder state, Mark mark) {
        if (!mark.equals(Mark.NONE)) {
            state.setMark(ChildPolicy.mark(mark));
        }
    }

    /// Only ESP in tunnel mode can pad (RFC 4303 §2.7).
    private static void padding(XfrmStateBuilder state, ChildInstallation child) {
        int wanted = child.config().kernel().tfcPaddingBytes();
        if (wanted != 0
                && child.padding()
                && child.encr() != null
                && child.mode() == ChildMode.TUNNEL
                && child.ipcomp().isEmpty()) {
            state.tfcPaddingBytes(wanted);
        }
    }
}
