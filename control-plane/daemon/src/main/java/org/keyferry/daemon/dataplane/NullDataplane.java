package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Path;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IpAddress;

/// Accepts everything, installs nothing: for load tests where the kernel has no ESP. Keeps no state
/// per CHILD_SA.
public final class NullDataplane implements Dataplane {
    private static final int FIRST_SPI = 0xc000_0000;
    private static final int FIRST_CPI = 0x100;
    private static final int SPI_COUNT = 0x1000_0000;
    private static final int DISCARD_PORT = 9;
    private static final CompletableFuture<KernelAnswer> DONE =
            CompletableFuture.completedFuture(new KernelAnswer.Done());

    private final AtomicInteger allocations = new AtomicInteger();

    @Override
    public CompletableFuture<KernelAnswer> perform(KernelOp op) {
        return switch (op) {
            case KernelOp.AllocateSpi(_, _, _, boolean withCpi) ->
                    CompletableFuture.completedFuture(
                            new KernelAnswer.SpiAllocated(nextSpi(), withCpi ? FIRST_CPI : 0));
            case KernelOp.InstallChild install -> {
                install.keys().close();
                yield done();
            }
            case KernelOp.ReleaseSpi _,
                    KernelOp.RemoveChild _,
                    KernelOp.RetireChild _,
                    KernelOp.PreferChild _,
                    KernelOp.MoveChild _,
                    KernelOp.AddAddresses _,
                    KernelOp.MoveAddresses _,
                    KernelOp.RemoveAddresses _,
                    KernelOp.RemoveInbound _ ->
                    done();
        };
    }

    /// A copy, so that nobody completes or cancels the shared one.
    private static CompletableFuture<KernelAnswer> done() {
        return DONE.copy();
    }

    /// From 0xc0000000 to 0xcfffffff, then again.
    private ChildSpi nextSpi() {
        int offset = Integer.remainderUnsigned(allocations.getAndIncrement(), SPI_COUNT);
        return new ChildSpi(FIRST_SPI + offset);
    }

    /// Nothing ever arrives.
    @Override
    public void onMapping(MappingListener listener) {}

    /// Nothing is counted.
    @Override
    public void onRemoval(RemovalListener listener) {}

    /// Nothing ever expires.
    @Override
    public void onExpired(ExpiryListener listener) {}

    @Override
    public CompletableFuture<KernelAnswer> install(PolicySource trapOrShunt) {
        return done();
    }

    @Override
    public CompletableFuture<KernelAnswer> remove(PolicySource trapOrShunt) {
        return done();
    }

    /// No packet ever meets a trap.
    @Override
    public void onAcquire(AcquireListener listener) {}

    @Override
    public Optional<String> deviceTowards(IpAddress remote) {
        return Optional.empty();
    }

    /// There are no policies to bypass, and no ESP arrives.
    @Override
    public void prepareSocket(int fd, boolean v6, boolean natT, int port) {}

    @Override
    public void prepareStream(int fd, boolean v6) {}

    @Override
    public boolean frameStream(int fd) {
        return false;
    }

    @Override
    public Optional<IpAddress> sourceAddress(IpAddress remote) throws IOException {
        var family = remote.v6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        try (var channel = DatagramChannel.open(family)) {
            channel.connect(new InetSocketAddress(remote.toInetAddress(), DISCARD_PORT));
            var local = (InetSocketAddress) channel.getLocalAddress();
            return Optional.of(IpAddress.of(local.getAddress()));
        } catch (SocketException e) {
            return Optional.empty(); // the network is unreachable
        }
    }

    /// Nothing moves in a load test.
    @Override
    public CompletableFuture<List<Path>> paths(IpAddress local, List<IpAddress> remotes) {
        return CompletableFuture.completedFuture(
                remotes.stream()
                        .filter(remote -> remote.v6() == local.v6())
                        .map(remote -> new Path(local, remote))
                        .toList());
    }

    @Override
    public Map<StateKey, Counters> counters() {
        return Map.of();
    }

    @Override
    public void close() {}
}
