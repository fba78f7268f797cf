package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.keyferry.daemon.transport.StreamPreparer;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Path;
import org.keyferry.wire.IpAddress;

/// What carries packets: it holds the states, policies and routes that the engine asks for.
///
/// All methods may be called from any thread.
public interface Dataplane extends StreamPreparer, AutoCloseable {
    /// Begins an operation. Never blocks and never throws because of what the kernel says.
    /// Operations on one CHILD_SA are done in the order of the calls.
    ///
    /// @return never fails; may complete on a thread that must not be held up
    CompletableFuture<KernelAnswer> perform(KernelOp op);

    /// Begins to install policies and routes that stand without a CHILD_SA, in place of those of
    /// the same name. Never blocks.
    ///
    /// @return never fails; may complete on a thread that must not be held up
    CompletableFuture<KernelAnswer> install(PolicySource trapOrShunt);

    /// Begins to remove them; CHILD_SAs with the same selectors keep theirs.
    ///
    /// @return never fails; may complete on a thread that must not be held up
    CompletableFuture<KernelAnswer> remove(PolicySource trapOrShunt);

    /// Replaces the listener, which is called on a thread of the dataplane and must not block.
    void onAcquire(AcquireListener listener);

    /// Name of the device by which packets to `remote` leave, as if no CHILD_SA had a route.
    /// Blocks.
    ///
    /// @return empty if there is no way to `remote`
    Optional<String> deviceTowards(IpAddress remote) throws IOException;

    /// Replaces the listener, which is called on a thread of the dataplane and must not block.
    void onMapping(MappingListener listener);

    /// Replaces the listener, which is called on a thread of the dataplane and must not block. Only
    /// with a listener are counters read before each removal.
    void onRemoval(RemovalListener listener);

    /// Replaces the listener, which is called on a thread of the dataplane and must not block.
    void onExpired(ExpiryListener listener);

    /// Makes a UDP socket fit for IKE: its packets bypass all policies, and with `natT` the kernel
    /// takes ESP out of what arrives on it (RFC 3948).
    ///
    /// @param v6 an IPv6 socket, which must be `IPV6_V6ONLY`
    /// @throws IOException naming the socket option and the errno
    void prepareSocket(int fd, boolean v6, boolean natT, int port) throws IOException;

    /// The kernel's choice for packets to `remote`, as if no CHILD_SA had a route. Blocks.
    ///
    /// @return empty if there is no way to `remote`
    Optional<IpAddress> sourceAddress(IpAddress remote) throws IOException;

    /// The ways to some addresses of a peer, as if no CHILD_SA had a route: for each the one that
    /// the kernel prefers; then the one from `local` to the first of them, if it may be used too.
    ///
    /// @param local of any family
    /// @return never fails; what cannot be reached is left out
    CompletableFuture<List<Path>> paths(IpAddress local, List<IpAddress> remotes);

    /// Whether this address of the host's is a virtual IP that was put there here.
    default boolean isVirtual(IpAddress address) {
        return false;
    }

    /// Of all states that were installed here, in one read of the kernel's table. Blocks; empty if
    /// the kernel does not tell, which is logged.
    Map<StateKey, Counters> counters();

    /// Removes everything that was installed here, and nothing else. Blocks; operations that come
    /// later are refused.
    @Override
    void close();
}
