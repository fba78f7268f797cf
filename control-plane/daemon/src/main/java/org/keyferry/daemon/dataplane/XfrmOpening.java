package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.socket.EventSocket;
import org.keyferry.netlink.socket.LinkLimits;
import org.keyferry.netlink.socket.NetlinkLink;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmGroup;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;

/// Opens the kernel and finds out what it can.
final class XfrmOpening {
    private XfrmOpening() {}

    /// Where events come from.
    @FunctionalInterface
    interface Events {
        AutoCloseable listen(StateWatch watch) throws IOException;
    }

    static XfrmDataplane open(XfrmOptions options) throws IOException {
        LinkLimits limits = limits(options);
        NetlinkLink xfrmLink = NetlinkLink.open(Xfrm.NETLINK_PROTOCOL, limits);
        NetlinkLink routeLink = null;
        XfrmDataplane dataplane = null;
        try {
            routeLink = NetlinkLink.open(Routes.NETLINK_PROTOCOL, limits);
            boolean direction = knowsDirection(new Xfrm(xfrmLink), options);
            KernelTuning.apply(new Xfrm(xfrmLink), options.conf());
            dataplane = new XfrmDataplane(xfrmLink, routeLink, options, anyThread(), direction);
            dataplane.start(
                    watch ->
                            EventSocket.xfrm(
                                    Set.of(XfrmGroup.EXPIRE, XfrmGroup.ACQUIRE, XfrmGroup.MAPPING),
                                    limits.receiveBufferBytes(),
                                    watch));
            return dataplane;
        } catch (IOException | RuntimeException e) {
            if (dataplane != null) {
                dataplane.close();
            } else {
                xfrmLink.close();
                if (routeLink != null) {
                    routeLink.close();
                }
            }
            throw e;
        }
    }

    private static LinkLimits limits(XfrmOptions options) {
        LinkLimits usual = LinkLimits.DEFAULT;
        return new LinkLimits(
                usual.timeout(),
                usual.inFlight(),
                usual.queued(),
                options.conf().receiveBufferBytes());
    }

    /// Asks with an SPI that is given back at once: kernels before 6.10 pass over the direction and
    /// do not repeat it. The first request is also the one that tells what is missing altogether.
    private static boolean knowsDirection(Xfrm xfrm, XfrmOptions options) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        CompletableFuture<Boolean> known =
                xfrm.allocSpi(
                                loopback,
                                loopback,
                                IpProtocols.ESP,
                                options.spiMin(),
                                options.spiMax())
                        .thenCompose(spi -> isDirectionRepeated(xfrm, loopback, spi));
        try {
            return XfrmDataplane.await(known);
        } catch (IOException e) {
            KernelAnswer.Refused refusal = Refusals.of("ask the kernel for IPsec", e.getCause());
            throw new IOException(refusal.text(), e);
        }
    }

    private static CompletableFuture<Boolean> isDirectionRepeated(
            Xfrm xfrm, InetAddress loopback, Spi spi) {
        var id = new XfrmStateId(loopback, spi, IpProtocols.ESP);
        return xfrm.getState(id)
                .thenApply(
                        state -> {
                            try (XfrmState answered = state) {
                                return answered.options().direction().isPresent();
                            }
                        })
                .thenCombine(xfrm.deleteState(id, loopback), (repeated, _) -> repeated);
    }

    /// [ThreadLocalRandom] must be asked for on the thread that draws.
    private static RandomGenerator anyThread() {
        return () -> ThreadLocalRandom.current().nextLong();
    }
}
