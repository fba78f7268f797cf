package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Link;
import org.keyferry.netlink.route.Routes;
import org.keyferry.settings.model.HwOffload;

/// Finds the network devices that a configuration means.
final class Placements {
    private final Routes routes;

    Placements(Routes routes) {
        this.routes = routes;
    }

    /// A device is missing that a configuration cannot do without.
    static final class NoDevice extends Exception {
        private static final long serialVersionUID = 1L;

        NoDevice(String text) {
            super(text);
        }
    }

    /// Asks the kernel only if a device matters.
    ///
    /// @return with the kind of offload to begin with; fails with [NoDevice]
    CompletableFuture<Placement> of(ChildInstallation child) {
        Optional<String> device = child.config().kernel().device();
        HwOffload wanted = child.config().kernel().hwOffload();
        CompletableFuture<Integer> policyInterface =
                device.map(this::index).orElseGet(() -> CompletableFuture.completedFuture(0));
        if (wanted == HwOffload.NO) {
            return device.isEmpty()
                    ? CompletableFuture.completedFuture(Placement.ANYWHERE)
                    : policyInterface.thenApply(i -> new Placement(i, HwOffload.NO, 0, ""));
        }
        InetAddress local = Inet.of(child.local().address());
        return policyInterface
                .thenCombine(deviceOf(local), Found::new)
                .thenCompose(found -> offloading(found, wanted, local));
    }

    /// The same for policies that stand without a CHILD_SA, for which no device works.
    CompletableFuture<Placement> of(PolicySource trapOrShunt) {
        return trapOrShunt
                .config()
                .kernel()
                .device()
                .map(name -> index(name).thenApply(i -> new Placement(i, HwOffload.NO, 0, "")))
                .orElseGet(() -> CompletableFuture.completedFuture(Placement.ANYWHERE));
    }

    private record Found(int policyInterface, Optional<Link> device) {}

    private static CompletableFuture<Placement> offloading(
            Found found, HwOffload wanted, InetAddress local) {
        if (found.device.isPresent()) {
            Link device = found.device.get();
            HwOffload first = wanted == HwOffload.AUTO ? HwOffload.PACKET : wanted;
            return CompletableFuture.completedFuture(
                    new Placement(found.policyInterface, first, device.index(), device.name()));
        }
        return wanted == HwOffload.AUTO
                ? CompletableFuture.completedFuture(
                        new Placement(found.policyInterface, HwOffload.NO, 0, ""))
                : CompletableFuture.failedFuture(
                        new NoDevice(
                                "hw_offload: no device has the address " + local.getHostAddress()));
    }

    private CompletableFuture<Integer> index(String name) {
        return routes.link(name)
                .thenApply(Link::index)
                .exceptionallyCompose(
                        failure ->
                                CompletableFuture.failedFuture(
                                        new NoDevice(
                                                "interface '%s': %s"
                                                        .formatted(
                                                                name,
                                                                Refusals.cause(failure)
                                                                        .getMessage()))));
    }

    private CompletableFuture<Optional<Link>> deviceOf(InetAddress address) {
        return routes.addresses()
                .thenCompose(
                        all ->
                                all.stream()
                                        .filter(a -> a.local().address().equals(address))
                                        .map(InterfaceAddress::interfaceIndex)
                                        .findFirst()
                                        .map(index -> routes.link(index).thenApply(Optional::of))
                                        .orElseGet(
                                                () ->
                                                        CompletableFuture.completedFuture(
                                                                Optional.empty())));
    }
}
