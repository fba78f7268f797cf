package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Ids;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.window.RequestWindow;
import org.keyferry.engine.window.ResponseWindow;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Proposal;

/// Everything that an established IKE_SA is made of: an engine rebuilt from it goes on where the
/// first one stopped. It is only taken between exchanges, so no request of ours is in flight.
///
/// @param version of this record's shape
/// @param keys as [IkeKeys#export] gives them; secret
/// @param addressBlocks that the peer may use; empty if nothing limits it
/// @param rekeyAt [Instant#MAX] for never, likewise `reauthAt`, `expiresAt` and `supersededBy`
/// @param predecessor that it replaces by reauthentication, zero for none
/// @param nextRequestId of our next request; `expectedRequestId` of the peer's
/// @param postponed tasks that a busy peer refused, without the users who waited, and a redirect
///   that is not followed yet
/// @param ppk a postquantum pre-shared key is in the keys
/// @param crashToken of the peer (RFC 6290), empty if there is none
/// @param fragmentation both sides announced it
/// @param mobility of MOBIKE
/// @param redirections who follows redirects
/// @param resumability session tickets; secret
/// @param lastResponse to answer a repeated request with, in fragments if it was sent so; empty if
///   there is none
public record IkeSaSnapshot(
        int version,
        int uniqueId,
        boolean initiator,
        IkeSpi ownSpi,
        IkeSpi peerSpi,
        String connectionName,
        Endpoint local,
        Endpoint remote,
        boolean natLocal,
        boolean natRemote,
        boolean peerNatT,
        boolean peerIsStrongSwan,
        boolean fragmentation,
        boolean ppk,
        Bytes crashToken,
        Mobility.Facts mobility,
        Redirections.Facts redirections,
        Resumability.Facts resumability,
        InterfaceIds interfaceIds,
        Proposal proposal,
        Bytes keys,
        Identification localId,
        Identification remoteId,
        Optional<List<AddressRange>> addressBlocks,
        Login login,
        Instant established,
        Instant lastInbound,
        Instant rekeyAt,
        Instant reauthAt,
        Instant expiresAt,
        Instant supersededBy,
        boolean reauthenticating,
        IkeSpi predecessor,
        int nextRequestId,
        int expectedRequestId,
        List<Bytes> lastResponse,
        VirtualIps virtualIps,
        List<ChildSa> children,
        List<SaCore.Postponed> postponed) {
    /// What was to replace it by reauthentication is set up again if it is not there by then.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    public static final int VERSION = 7;

    public IkeSaSnapshot {
        if (version != VERSION) {
            throw new IllegalArgumentException("snapshot version " + version);
        }
        lastResponse = List.copyOf(lastResponse);
        children = List.copyOf(children);
        postponed = List.copyOf(postponed);
    }

    /// Empty unless the SA is established and no exchange is under way.
    public static Optional<IkeSaSnapshot> of(IkeSa sa) {
        SaCore core = sa.core();
        boolean between =
                sa.state() instanceof State.Established up
                        && up.isIdle()
                        && core.requests().isFree()
                        && core.currentTask().isEmpty()
                        && !core.replacement().awaitsHeritage(core.now())
                        && core.mobility().childrenAt().isEmpty();
        if (!between) {
            return Optional.empty();
        }
        return Optional.of(
                new IkeSaSnapshot(
                        VERSION,
                        core.uniqueId(),
                        core.isInitiator(),
                        core.ownSpi(),
                        core.peerSpi(),
                        core.name(),
                        core.local(),
                        core.remote(),
                        core.natLocal(),
                        core.natRemote(),
                        core.peerNatT(),
                        core.isPeerStrongSwan(),
                        core.fragments().isPresent(),
                        core.extensions().ppkUsed(),
                        core.extensions().crashToken(),
                        core.mobility().facts(),
                        core.extensions().redirections().facts(),
                        core.extensions().resumability().facts(),
                        core.interfaceIds(),
                        core.proposal(),
                        Bytes.wrapOwned(core.keys().export()),
                        core.localId(),
                        core.remoteId(),
                        core.addressBlocks(),
                        core.login(),
                        core.established(),
                        core.lastInbound(),
                        core.replacement().rekeyAt(),
                        core.replacement().reauthBy(),
                        core.replacement().expiresAt(),
                        core.replacement().supersededBy(),
                        core.replacement().reauthenticating(),
                        core.replacement().predecessor(),
                        core.requests().nextId(),
                        core.responses().expectedId(),
                        core.responses().lastResponse(),
                        core.virtualIps(),
                        core.children(),
                        postponed(core)));
    }

    private static List<SaCore.Postponed> postponed(SaCore core) {
        Redirections redirections = core.extensions().redirections();
        return Stream.concat(
                        core.postponed().stream()
                                .map(p -> new SaCore.Postponed(p.at(), p.task().unattended())),
                        redirections.target().or(redirections::postponed).stream()
                                .map(Task.FollowRedirect::new)
                                .map(task -> new SaCore.Postponed(core.now(), task)))
                .toList();
    }

    /// Rebuilds the SA. Its deadlines are the same; liveness and keepalives start anew.
    ///
    /// @throws IllegalArgumentException if the connection is not configured any more
    public IkeSa restore(
            SaCore.Context context, Configuration configuration, Instant now, Outbox out) {
        Connection connection =
                configuration
                        .connection(connectionName)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "no connection '" + connectionName + "'"));
        var core =
                new SaCore(
                        context,
                        uniqueId,
                        initiator,
                        ownSpi,
                        connection,
                        local,
                        remote,
                        new RequestWindow(nextRequestId),
                        new ResponseWindow(expectedRequestId, lastResponse));
        core.peerSpi(peerSpi);
        core.nat(natLocal, natRemote);
        if (peerNatT) {
            core.peerDoesNatT();
        }
        if (peerIsStrongSwan) {
            core.peerIsStrongSwan();
        }
        if (fragmentation) {
            core.fragmentationAgreed();
        }
        core.extensions().ppkUsed(ppk);
        core.extensions().crashToken(crashToken);
        core.mobility().facts(mobility);
        core.extensions().redirections().facts(redirections);
        core.extensions().resumability().facts(resumability);
        core.interfaceIds(interfaceIds);
        core.chosen(proposal);
        core.keys(IkeKeys.restore(core.suite(), keys.toArray()));
        core.identities(localId, remoteId);
        core.addressBlocks(addressBlocks);
        core.login(login);
        core.established(established);
        core.heard(lastInbound);
        core.replacement().rekeyAt(rekeyAt);
        core.replacement().reauthAt(reauthenticating ? now.plus(PATIENCE) : reauthAt);
        core.replacement().expiresAt(expiresAt);
        core.replacement().predecessor(predecessor);
        if (!supersededBy.equals(Instant.MAX)) {
            core.replacement().supersededBy(supersededBy);
            out.timer(ownSpi, TimerQueue.Kind.REPLACED, supersededBy);
        }
        core.virtualIps(virtualIps);
        if (!virtualIps.local().isEmpty()) {
            out.kernelAside(core, new KernelOp.AddAddresses(virtualIps.local(), remote, true));
        }
        virtualIps.leases().forEach(lease -> out.add(new Effect.TakeOver(lease)));
        for (ChildSa child : children) {
            core.children().add(child);
            adopt(context.ids(), child.installation(), child.reqidKey());
        }
        core.postponed().addAll(postponed);
        context.ids().skipTo(uniqueId, 0);
        Lifetimes.arm(core, out);
        if (!connection.dpdDelay().isZero()) {
            out.timer(ownSpi, TimerQueue.Kind.LIVENESS, now.plus(connection.dpdDelay()));
        }
        if (NatBinding.keeps(core)) {
            core.extensions().natBinding().callAt(core, now, out);
        }
        return IkeSa.restored(core);
    }

    private static void adopt(Ids ids, ChildInstallation child, Ids.ReqidKey key) {
        ids.skipTo(0, child.childUniqueId());
        if (child.config().kernel().reqid() == 0) {
            ids.adoptReqid(key, child.reqid());
        }
    }

    @Override
    public String toString() {
        return "IkeSaSnapshot(%s[%d], keys hidden)".formatted(connectionName, uniqueId);
    }
}
