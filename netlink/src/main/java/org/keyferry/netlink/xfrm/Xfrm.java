package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.keyferry.netlink.KernelLink;

/// The kernel's IPsec databases. Futures are those of [KernelLink#send].
public final class Xfrm {
    /// `NETLINK_XFRM`.
    public static final int NETLINK_PROTOCOL = 6;

    private final KernelLink link;

    /// Speaks through a link of its own protocol.
    ///
    /// @param link to [#NETLINK_PROTOCOL]; stays the caller's to close
    public Xfrm(KernelLink link) {
        this.link = link;
    }

    /// Reserves an SPI for an inbound state, which [#updateState] then completes, or [#deleteState]
    /// gives back.
    ///
    /// @param larval of it count the addresses, protocol, mode, reqid, mark, direction and if_id
    /// @param min, max inclusive; for IPComp 0x100 to 0xefff
    public CompletableFuture<Spi> allocSpi(XfrmState larval, Spi min, Spi max) {
        return link.sendForOne(XfrmRequests.allocateSpi(larval, min, max))
                .thenApply(s -> s.id().spi());
    }

    /// As [#allocSpi(XfrmState, Spi, Spi)] for a tunnel, as charon does it.
    public CompletableFuture<Spi> allocSpi(
            InetAddress source, InetAddress destination, int protocol, Spi min, Spi max) {
        var id = new XfrmStateId(destination, Spi.NONE, protocol);
        XfrmState larval =
                XfrmState.builder(id, source, XfrmMode.TUNNEL)
                        .direction(XfrmSaDirection.IN)
                        .build();
        return allocSpi(larval, min, max);
    }

    /// NEWSA: `EEXIST` if it is there.
    public CompletableFuture<Void> addState(XfrmState state) {
        return link.sendChange(XfrmRequests.newState(state));
    }

    /// UPDSA: `ESRCH` if it is not there.
    public CompletableFuture<Void> updateState(XfrmState state) {
        return link.sendChange(XfrmRequests.updateState(state));
    }

    public CompletableFuture<Void> deleteState(XfrmStateId id) {
        return link.sendChange(XfrmRequests.deleteState(id, Optional.empty()));
    }

    /// Deletes by source, too (`XFRMA_SRCADDR`), as charon does it.
    public CompletableFuture<Void> deleteState(XfrmStateId id, InetAddress source) {
        return link.sendChange(XfrmRequests.deleteState(id, Optional.of(source)));
    }

    /// With its keys: close it.
    public CompletableFuture<XfrmState> getState(XfrmStateId id) {
        return link.sendForOne(XfrmRequests.getState(id));
    }

    /// With their keys: close them.
    public CompletableFuture<List<XfrmState>> states() {
        return link.send(XfrmRequests.dumpStates());
    }

    /// Everybody's states, not only ours.
    ///
    /// @param protocol 0 for all
    public CompletableFuture<Void> flushStates(int protocol) {
        return link.sendChange(XfrmRequests.flushStates(protocol));
    }

    /// NEWPOLICY: `EEXIST` if it is there.
    public CompletableFuture<Void> addPolicy(XfrmPolicy policy) {
        return link.sendChange(XfrmRequests.newPolicy(policy));
    }

    /// UPDPOLICY: adds it if it is not there.
    public CompletableFuture<Void> updatePolicy(XfrmPolicy policy) {
        return link.sendChange(XfrmRequests.updatePolicy(policy));
    }

    public CompletableFuture<Void> deletePolicy(XfrmPolicyId id) {
        return link.sendChange(XfrmRequests.deletePolicy(id));
    }

    public CompletableFuture<XfrmPolicy> getPolicy(XfrmPolicyId id) {
        return link.sendForOne(XfrmRequests.getPolicy(id));
    }

    public CompletableFuture<List<XfrmPolicy>> policies() {
        return link.send(XfrmRequests.dumpPolicies());
    }

    /// Everybody's policies, not only ours.
    public CompletableFuture<Void> flushPolicies() {
        return link.sendChange(XfrmRequests.flushPolicies());
    }

    /// Moves a policy and its states to new addresses.
    public CompletableFuture<Void> migrate(XfrmMigration migration) {
        return link.sendChange(XfrmRequests.migrate(migration));
    }

    /// Sequence numbers and counters of a state.
    public CompletableFuture<XfrmReplayEvent> getReplay(XfrmStateId id, InetAddress source) {
        return link.sendForOne(XfrmRequests.getReplay(XfrmReplayEvent.query(id, source)));
    }

    /// Sets what the event holds: replay state, counters, thresholds.
    public CompletableFuture<Void> setReplay(XfrmReplayEvent event) {
        return link.sendChange(XfrmRequests.setReplay(event));
    }

    public CompletableFuture<XfrmDatabaseInfo.States> stateInfo() {
        return link.sendForOne(XfrmRequests.stateInfo());
    }

    public CompletableFuture<XfrmDatabaseInfo.Policies> policyInfo() {
        return link.sendForOne(XfrmRequests.policyInfo());
    }

    /// Empty leaves a family's threshold as it is.
    public CompletableFuture<Void> setHashThresholds(
            Optional<XfrmDatabaseInfo.HashThreshold> ipv4,
            Optional<XfrmDatabaseInfo.HashThreshold> ipv6) {
        return link.sendChange(XfrmRequests.setHashThresholds(ipv4, ipv6));
    }
}
