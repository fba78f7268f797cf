package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp.AllocateSpi;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SPIs and CPIs that the kernel holds for CHILD_SAs under negotiation: larval states.
final class Reservations {
    private static final Logger LOG = LoggerFactory.getLogger(Reservations.class);

    /// IPComp's own range: the numbers below are well known, those above are private use (RFC 3173
    /// §3.3).
    private static final Spi FIRST_CPI = new Spi(0x100);

    private static final Spi LAST_CPI = new Spi(0xefff);

    private record Key(IpAddress local, ChildSpi spi) {}

    /// @param protocol of IP
    /// @param cpi 0 for none
    private record Larval(IpAddress remote, int protocol, int cpi) {}

    private final Xfrm xfrm;
    private final ChildStates states;
    private final XfrmOptions options;
    private final Map<Key, Larval> held = new ConcurrentHashMap<>();

    Reservations(Xfrm xfrm, ChildStates states, XfrmOptions options) {
        this.xfrm = xfrm;
        this.states = states;
        this.options = options;
    }

    /// @return never fails
    CompletableFuture<KernelAnswer> allocate(AllocateSpi op) {
        IpAddress local = op.local().address();
        IpAddress remote = op.remote().address();
        int protocol = IpProtocols.of(op.protocolId());
        return allocate(local, remote, protocol, options.spiMin(), options.spiMax())
                .thenCompose(
                        spi -> {
                            var key = new Key(local, new ChildSpi(spi.value()));
                            var larval = new Larval(remote, protocol, 0);
                            if (held.putIfAbsent(key, larval) != null) {
                                // of the other protocol: numbers are to be unique among both
                                return delete(key.local, remote, protocol, spi)
                                        .thenCompose(_ -> allocate(op));
                            }
                            return op.withCpi() ? addCpi(key, larval) : done(key, 0);
                        })
                .exceptionally(
                        failure ->
                                Refusals.of(
                                        "allocate an SPI for " + remote + " to " + local, failure));
    }

    private CompletableFuture<KernelAnswer> addCpi(Key key, Larval larval) {
        return allocate(key.local, larval.remote, IpProtocols.COMP, FIRST_CPI, LAST_CPI)
                .thenCompose(
                        cpi -> {
                            held.put(key, new Larval(larval.remote, larval.protocol, cpi.value()));
                            return done(key, cpi.value());
                        })
                .exceptionallyCompose(
                        failure ->
                                release(key.local, larval.remote, key.spi)
                                        .thenCompose(_ -> CompletableFuture.failedFuture(failure)));
    }

    private static CompletableFuture<KernelAnswer> done(Key key, int cpi) {
        return CompletableFuture.completedFuture(new KernelAnswer.SpiAllocated(key.spi, cpi));
    }

    private CompletableFuture<Spi> allocate(
            IpAddress local, IpAddress remote, int protocol, Spi min, Spi max) {
        var id = new XfrmStateId(Inet.of(local), Spi.NONE, protocol);
        XfrmState larval = states.larval(id, Inet.of(remote)).build();
        return xfrm.allocSpi(larval, min, max);
    }

    /// An SPI that nobody holds any more is looked for all the same, among ESP's.
    ///
    /// @return never fails
    CompletableFuture<KernelAnswer> release(IpAddress local, IpAddress remote, ChildSpi spi) {
        Larval larval = held.remove(new Key(local, spi));
        return release(
                local,
                larval == null ? new Larval(remote, IpProtocols.ESP, 0) : larval,
                new Spi(spi.value()));
    }

    private CompletableFuture<KernelAnswer> release(IpAddress local, Larval larval, Spi spi) {
        var requests = new ArrayList<CompletableFuture<Void>>(2);
        requests.add(delete(local, larval.remote, larval.protocol, spi));
        if (larval.cpi != 0) {
            requests.add(delete(local, larval.remote, IpProtocols.COMP, new Spi(larval.cpi)));
        }
        return Settled.of(requests)
                .thenApply(
                        result ->
                                result.firstFailureButGone()
                                        .<KernelAnswer>map(
                                                failure ->
                                                        Refusals.of(
                                                                "release SPI %s to %s"
                                                                        .formatted(spi, local),
                                                                failure))
                                        .orElseGet(KernelAnswer.Done::new));
    }

    /// A CHILD_SA takes over what was reserved for it; what it does not need is given back.
    void use(ChildInstallation child) {
        IpAddress local = child.local().address();
        Larval larval = held.remove(new Key(local, child.spiIn()));
        if (larval == null) {
            return;
        }
        if (larval.cpi != 0 && larval.cpi != child.ipcomp().map(Ipcomp::cpiIn).orElse(0)) {
            giveBack(local, larval.remote, IpProtocols.COMP, new Spi(larval.cpi));
        }
        if (larval.protocol != IpProtocols.of(child.protocolId())) {
            giveBack(local, larval.remote, larval.protocol, new Spi(child.spiIn().value()));
        }
    }

    private void giveBack(IpAddress local, IpAddress remote, int protocol, Spi spi) {
        var _ =
                delete(local, remote, protocol, spi)
                        .whenComplete(
                                (_, failure) -> {
                                    if (failure != null && !Refusals.isGone(failure)) {
                                        LOG.warn(
                                                "a reserved SPI stays in the kernel: {}",
                                                Refusals.cause(failure).getMessage());
                                    }
                                });
    }

    /// What is left, each to be begun by the caller.
    List<Supplier<CompletableFuture<KernelAnswer>>> releaseAll() {
        var all = new ArrayList<Supplier<CompletableFuture<KernelAnswer>>>();
        held.forEach((key, larval) -> all.add(() -> release(key.local, larval.remote, key.spi)));
        return all;
    }

    private CompletableFuture<Void> delete(
            IpAddress local, IpAddress remote, int protocol, Spi spi) {
        return xfrm.deleteState(new XfrmStateId(Inet.of(local), spi, protocol), Inet.of(remote));
    }
}
