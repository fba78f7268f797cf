package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Link;
import org.keyferry.netlink.route.Routes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Virtual IPs of this host, each on the interface that leads to the peer that gave it, or on the
/// configured one. What is begun here is done one after the other: an address that one IKE_SA takes
/// away may be the one that the next brings.
final class HostAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

    /// Keeps IPv6 addresses from being chosen as a source by default (RFC 6724 §5, rule 6): no
    /// destination has this label.
    private static final int LABEL = 220;

    private final Routes routes;
    private final RouteFinder finder;
    private final XfrmOptions options;
    private final Map<IpAddress, Held> held = new ConcurrentHashMap<>();
    private CompletableFuture<KernelAnswer> latest =
            CompletableFuture.completedFuture(new KernelAnswer.Done());

    /// @param users IKE_SAs that have the address
    /// @param inKernel empty if it was there before and is not ours to remove
    private record Held(int users, Optional<InterfaceAddress> inKernel) {
        Held with(int otherUsers) {
            return new Held(otherUsers, inKernel);
        }
    }

    HostAddresses(Routes routes, RouteFinder finder, XfrmOptions options) {
        this.routes = routes;
        this.finder = finder;
        this.options = options;
    }

    /// @return never fails
    CompletableFuture<KernelAnswer> add(KernelOp.AddAddresses op) {
        if (!options.conf().virtualIps().install()) {
            return CompletableFuture.completedFuture(new KernelAnswer.Done());
        }
        return next(
                () -> {
                    CompletableFuture<KernelAnswer> all =
                            CompletableFuture.completedFuture(new KernelAnswer.Done());
                    var done = new ArrayList<IpAddress>();
                    for (IpAddress address : op.addresses()) {
                        all =
                                all.thenCompose(
                                        so ->
                                                so instanceof KernelAnswer.Refused
                                                        ? CompletableFuture.completedFuture(so)
                                                        : add(address, op, done));
                    }
                    return all.thenCompose(answer -> settle(answer, done));
                });
    }

    /// @return never fails
    CompletableFuture<KernelAnswer> remove(KernelOp.RemoveAddresses op) {
        return next(() -> removeEach(op.addresses()));
    }

    /// @return never fails
    CompletableFuture<KernelAnswer> move(KernelOp.MoveAddresses op) {
        return next(
                () -> {
                    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
                    for (IpAddress address : op.addresses()) {
                        Optional<InterfaceAddress> ours =
                                Optional.ofNullable(held.get(address)).flatMap(Held::inKernel);
                        if (ours.isPresent()) {
                            all = all.thenCompose(_ -> move(address, ours.get(), op.remote()));
                        }
                    }
                    return all.thenApply(_ -> new KernelAnswer.Done());
                });
    }

    private CompletableFuture<Void> move(
            IpAddress address, InterfaceAddress present, Endpoint remote) {
        return device(remote)
                .thenCompose(
                        index ->
                                isOn(index, present)
                                        .thenCompose(
                                                there ->
                                                        there
                                                                ? CompletableFuture
                                                                        .<Void>completedFuture(null)
                                                                : move(address, present, index)));
    }

    private CompletableFuture<Boolean> isOn(int index, InterfaceAddress wanted) {
        return routes.addresses()
                .thenApply(
                        all ->
                                all.stream()
                                        .filter(a -> a.interfaceIndex() == index)
                                        .anyMatch(a -> a.local().equals(wanted.local())));
    }

    private CompletableFuture<Void> move(IpAddress address, InterfaceAddress present, int index) {
        InetAddress wanted = present.local().address();
        var next = InterfaceAddress.of(index, present.local(), flags(wanted));
        return routes.deleteAddress(present)
                .exceptionallyCompose(
                        failure ->
                                isGone(failure)
                                        ? CompletableFuture.completedFuture(null)
                                        : CompletableFuture.failedFuture(failure))
                .thenCompose(_ -> install(next))
                .thenAccept(
                        _ ->
                                held.computeIfPresent(
                                        address, (_, h) -> new Held(h.users(), Optional.of(next))));
    }

    /// Completes when everything that was begun before is done; does not fail.
    synchronized CompletableFuture<Void> settled() {
        return latest.thenApply(_ -> null);
    }

    boolean has(IpAddress address) {
        return held.containsKey(address);
    }

    /// @return never fails
    CompletableFuture<KernelAnswer> removeAll() {
        return next(
                () -> {
                    var left = List.copyOf(held.keySet());
                    left.forEach(address -> held.computeIfPresent(address, (_, h) -> h.with(1)));
                    return removeEach(left);
                });
    }

    private synchronized CompletableFuture<KernelAnswer> next(
            Supplier<CompletableFuture<KernelAnswer>> operation) {
        latest =
                latest.thenCompose(_ -> operation.get())
                        .exceptionally(failure -> Refusals.of("virtual IP", failure));
        return latest;
    }

    /// Of several addresses all are there, or none.
    private CompletableFuture<KernelAnswer> settle(KernelAnswer answer, List<IpAddress> done) {
        return answer instanceof KernelAnswer.Refused
                ? removeEach(done).thenApply(_ -> answer)
                : CompletableFuture.completedFuture(answer);
    }

    private CompletableFuture<KernelAnswer> add(
            IpAddress address, KernelOp.AddAddresses op, List<IpAddress> done) {
        Held present = held.get(address);
        if (present != null) {
            held.put(address, present.with(present.users() + 1));
            done.add(address);
            return CompletableFuture.completedFuture(new KernelAnswer.Done());
        }
        InetAddress wanted = Inet.of(address);
        return routes.addresses()
                .thenCompose(all -> place(wanted, all, op))
                .<KernelAnswer>thenApply(
                        inKernel -> {
                            held.put(address, new Held(1, inKernel));
                            done.add(address);
                            return new KernelAnswer.Done();
                        })
                .exceptionally(failure -> Refusals.of("install virtual IP " + address, failure));
    }

    /// Puts it somewhere unless it is there.
    ///
    /// @return where it is, if it is ours
    private CompletableFuture<Optional<InterfaceAddress>> place(
            InetAddress wanted, List<InterfaceAddress> all, KernelOp.AddAddresses op) {
        Optional<InterfaceAddress> there =
                all.stream().filter(a -> a.local().address().equals(wanted)).findFirst();
        if (there.isPresent()) {
            if (!op.leftBehind()) {
                LOG.info("virtual IP {} is already there and stays", wanted.getHostAddress());
            }
            return CompletableFuture.completedFuture(there.filter(_ -> op.leftBehind()));
        }
        return device(op.remote())
                .thenApply(index -> InterfaceAddress.of(index, Inet.host(wanted), flags(wanted)))
                .thenCompose(address -> install(address).thenApply(_ -> Optional.of(address)));
    }

    private static int flags(InetAddress address) {
        return AddressFamily.of(address) == AddressFamily.IPV6 ? InterfaceAddress.NO_DAD : 0;
    }

    /// The configured device; without it the one towards the peer.
    private CompletableFuture<Integer> device(Endpoint remote) {
        Optional<String> name = options.conf().virtualIps().device();
        return name.isEmpty()
                ? towards(remote)
                : routes.link(name.get())
                        .thenApply(Link::index)
                        .exceptionallyCompose(
                                failure -> {
                                    LOG.warn(
                                            "install_virtual_ip_on = {}: {}",
                                            name.get(),
                                            Refusals.cause(failure).getMessage());
                                    return towards(remote);
                                });
    }

    private CompletableFuture<Integer> towards(Endpoint remote) {
        return finder.towards(Inet.of(remote.address()), Optional.empty())
                .thenApply(
                        way ->
                                way.orElseThrow(
                                                () ->
                                                        new IllegalStateException(
                                                                "no way to the peer"))
                                        .interfaceIndex());
    }

    private CompletableFuture<Void> install(InterfaceAddress address) {
        if (address.local().family() == AddressFamily.IPV4) {
            return routes.addAddress(address);
        }
        return routes.addAddressLabel(address.local(), LABEL)
                .handle((_, failure) -> failure == null || isThere(failure))
                .thenCompose(
                        labelled -> routes.addAddress(labelled ? address : deprecated(address)));
    }

    private static boolean isThere(Throwable failure) {
        return Refusals.is(failure, Errno.EEXIST);
    }

    /// Valid, but never chosen by itself.
    private static InterfaceAddress deprecated(InterfaceAddress address) {
        return new InterfaceAddress(
                address.interfaceIndex(),
                address.local(),
                address.scope(),
                address.flags(),
                0,
                InterfaceAddress.FOR_EVER);
    }

    private CompletableFuture<KernelAnswer> removeEach(List<IpAddress> addresses) {
        var requests = new ArrayList<CompletableFuture<Void>>();
        for (IpAddress address : addresses) {
            Held present = held.get(address);
            if (present == null) {
                continue;
            }
            if (present.users() > 1) {
                held.put(address, present.with(present.users() - 1));
                continue;
            }
            held.remove(address);
            present.inKernel().ifPresent(inKernel -> requests.addAll(uninstall(inKernel)));
        }
        return Settled.of(requests)
                .thenApply(
                        settled ->
                                settled.firstFailure()
                                        .filter(failure -> !isGone(failure))
                                        .<KernelAnswer>map(f -> Refusals.of("remove virtual IP", f))
                                        .orElseGet(KernelAnswer.Done::new));
    }

    private List<CompletableFuture<Void>> uninstall(InterfaceAddress address) {
        IpPrefix host = address.local();
        return host.family() == AddressFamily.IPV4
                ? List.of(routes.deleteAddress(address))
                : List.of(
                        routes.deleteAddress(address),
                        routes.deleteAddressLabel(host, LABEL).exceptionally(_ -> null));
    }

    /// Somebody else took it away, or its device is gone.
    private static boolean isGone(Throwable failure) {
        return Refusals.isGone(failure)
                || Refusals.is(failure, Errno.EADDRNOTAVAIL)
                || Refusals.is(failure, Errno.ENODEV);
    }
}
