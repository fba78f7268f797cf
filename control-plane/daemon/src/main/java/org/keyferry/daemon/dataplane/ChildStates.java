package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmLifetime;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmReplay;
import org.keyferry.netlink.xfrm.XfrmSaDirection;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateBuilder;
import org.keyferry.netlink.xfrm.XfrmStateFlag;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.settings.model.CopyDscp;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.wire.Transform;

/// The two states of a CHILD_SA as the kernel wants them.
final class ChildStates {
    static final int ESP = 50;

    /// Largest window that the fixed struct holds; also what a window of 0 becomes with ESN, which
    /// the kernel refuses without replay protection.
    private static final int SMALL_WINDOW_PACKETS = 32;

    private final RandomGenerator random;
    private final boolean kernelKnowsDirection;

    /// Draws the random parts of the soft limits from `random`.
    ///
    /// @param kernelKnowsDirection whether states tell their direction: Linux 6.10 and newer
    ChildStates(RandomGenerator random, boolean kernelKnowsDirection) {
        this.random = random;
        this.kernelKnowsDirection = kernelKnowsDirection;
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

    static XfrmStateId inboundId(ChildInstallation child) {
        return new XfrmStateId(
                Inet.of(child.local().address()), new Spi(child.spiIn().value()), ESP);
    }

    static XfrmStateId outboundId(ChildInstallation child) {
        return new XfrmStateId(
                Inet.of(child.remote().address()),
                new Spi(child.spiOut().value()),
                ESP,
                ChildPolicy.mark(child.tags().markOut()));
    }

    /// Holds a copy of the keys: close it.
    XfrmState inbound(ChildInstallation child, DirectionKeys keys) throws UnknownTransform {
        var config = child.config().kernel();
        var state =
                XfrmState.builder(
                                inboundId(child),
                                Inet.of(child.remote().address()),
                                ChildPolicy.mode(child))
                        .lifetime(inboundLifetime(child))
                        .ifId(child.tags().ifIdIn());
        common(state, child, keys.encrIn(), keys.integIn());
        replayWindow(state, config.replayWindow(), child.esn());
        if (ChildPolicy.isTransport(child)) {
            state.selector(
                    Selectors.addresses(child.remoteTs().getFirst(), child.localTs().getFirst()));
        }
        if (config.copyDscp() == CopyDscp.IN || config.copyDscp() == CopyDscp.YES) {
            state.flag(XfrmStateFlag.DECAP_DSCP);
        }
        if (child.encap()) {
            state.encap(XfrmEncap.udp(child.remote().port(), child.local().port()));
        }
        if (kernelKnowsDirection) {
            state.direction(XfrmSaDirection.IN);
        }
        return state.build();
    }

    /// Holds a copy of the keys: close it.
    XfrmState outbound(ChildInstallation child, DirectionKeys keys) throws UnknownTransform {
        var config = child.config().kernel();
        var state =
                XfrmState.builder(
                                outboundId(child),
                                Inet.of(child.local().address()),
                                ChildPolicy.mode(child))
                        .lifetime(outboundLifetime(child))
                        .ifId(child.tags().ifIdOut());
        common(state, child, keys.encrOut(), keys.integOut());
        if (ChildPolicy.isTransport(child)) {
            state.selector(
                    Selectors.addresses(child.localTs().getFirst(), child.remoteTs().getFirst()));
        }
        if (!config.copyDf()) {
            state.flag(XfrmStateFlag.NO_PMTU_DISC);
        }
        if (config.copyDscp() == CopyDscp.IN || config.copyDscp() == CopyDscp.NO) {
            state.flag(XfrmStateFlag.DONT_ENCAP_DSCP);
        }
        if (child.encap()) {
            state.encap(XfrmEncap.udp(child.local().port(), child.remote().port()));
        }
        if (child.esn()) {
            // Kernels that do not know a state to be outbound refuse a window of 0.
            state.replay(XfrmReplay.Extended.window(kernelKnowsDirection ? 0 : 1));
        }
        if (kernelKnowsDirection) {
            state.direction(XfrmSaDirection.OUT);
        }
        return state.build();
    }

    private static void common(
            XfrmStateBuilder state, ChildInstallation child, Secret encrKey, Secret integKey)
            throws UnknownTransform {
        Transform encr = child.encr();
        Transform integ = child.integ();
        state.reqid(child.reqid());
        state.algorithm(
                KernelAlgorithms.encryption(encr, encrKey.array())
                        .orElseThrow(() -> new UnknownTransform(encr)));
        if (integ != null) {
            state.algorithm(
                    KernelAlgorithms.integrity(integ, integKey.array())
                            .orElseThrow(() -> new UnknownTransform(integ)));
        }
        if (!ChildPolicy.isTransport(child)) {
            state.flag(XfrmStateFlag.AF_UNSPEC);
        }
        if (child.esn()) {
            state.flag(XfrmStateFlag.ESN);
        }
        if (!child.config().kernel().copyEcn()) {
            state.flag(XfrmStateFlag.NO_ECN);
        }
    }

    private static void replayWindow(XfrmStateBuilder state, int packets, boolean esn) {
        if (esn || packets > SMALL_WINDOW_PACKETS) {
            int window = packets == 0 ? SMALL_WINDOW_PACKETS : packets;
            state.replay(XfrmReplay.Extended.window(window));
        } else {
            state.replayWindowPackets(packets);
        }
    }

    private XfrmLifetime inboundLifetime(ChildInstallation child) {
        return lifetime(child, child.softSeconds());
    }

    /// Never asks for a rekeying before the inbound state does, whose limit the engine knows. If no
    /// random part would keep the two apart, it does not ask at all.
    private XfrmLifetime outboundLifetime(ChildInstallation child) {
        Lifetime limits = child.config().lifetime();
        long rand = limits.randTime().toSeconds();
        long soft = child.softSeconds();
        if (soft == 0 || rand == 0) {
            return lifetime(child, 0);
        }
        return lifetime(child, Math.max(soft, withJitter(limits.rekeyTime().toSeconds(), rand)));
    }

    private XfrmLifetime lifetime(ChildInstallation child, long softSeconds) {
        Lifetime limits = child.config().lifetime();
        return new XfrmLifetime(
                limit(withJitter(limits.rekeyBytes(), limits.randBytes())),
                limit(limits.lifeBytes()),
                limit(withJitter(limits.rekeyPackets(), limits.randPackets())),
                limit(limits.lifePackets()),
                softSeconds,
                child.hardSeconds(),
                0,
                0);
    }

    private static long limit(long value) {
        return value == 0 ? XfrmLifetime.NO_LIMIT : value;
    }

    /// `rekey − r · min(jitter + 1, rekey)` with `r` in [0, 1): never 0 unless `rekey` is.
    private long withJitter(long rekey, long jitter) {
        long largest = jitter >= rekey ? rekey : jitter + 1;
        return rekey - (long) (random.nextDouble() * largest);
    }
}
