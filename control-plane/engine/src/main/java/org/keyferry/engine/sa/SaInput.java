package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.Path;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;

/// What an [IkeSa] is told by its engine.
public sealed interface SaInput {
    record Received(Endpoint local, Endpoint remote, IkeHeader header, Bytes datagram)
            implements SaInput {}

    record TimerDue(TimerQueue.Kind kind) implements SaInput {}

    record Computed(long ticket, Computation result) implements SaInput {}

    record EapAnswered(long ticket, EapAnswer answer) implements SaInput {}

    record KernelAnswered(long ticket, KernelAnswer answer) implements SaInput {}

    record Addressed(long ticket, AddressRequest request, AddressAnswer answer)
            implements SaInput {}

    /// Delete it, telling the peer where it knows the SA.
    ///
    /// @param requestId of the user who wants it, 0 for none
    /// @param force without waiting for the peer
    record Terminate(Reason reason, long requestId, boolean force) implements SaInput {}

    /// The peer has forgotten it: no DELETE is sent.
    record Forget(Reason reason) implements SaInput {}

    record TerminateChild(int childUniqueId, long requestId, boolean force) implements SaInput {}

    record RekeyChild(int childUniqueId, long requestId) implements SaInput {}

    /// A further CHILD_SA; where the SA is not up yet, once it is.
    record CreateChild(Child config, long requestId) implements SaInput {}

    record RekeyIke(long requestId) implements SaInput {}

    /// Sets up another IKE_SA with all children, by IKE_SA_INIT and IKE_AUTH.
    record Reauthenticate(long requestId) implements SaInput {}

    /// The peer has to authenticate again in that time.
    record LimitSession(Duration limit) implements SaInput {}

    /// The IKE_SA that was to take over by reauthentication did not come up.
    record ReauthenticationFailed(Reason reason) implements SaInput {}

    /// It takes the place of another IKE_SA.
    record Inherit(Heritage heritage) implements SaInput {}

    /// Of two that were to take the place of another one, it is the redundant one: the peer deletes
    /// it.
    record Superseded() implements SaInput {}

    /// The IKE_SA by which the peer wanted to replace this one has ended.
    record RivalGone(IkeSpi successor) implements SaInput {}

    /// What passes from one IKE_SA to the one that replaces it.
    record Heritage(
            List<ChildSa> children,
            List<Task> tasks,
            List<SaCore.Postponed> postponed,
            Map<String, Attempt> wishes,
            VirtualIps virtualIps,
            Mobility.Whereabouts whereabouts,
            Resumability.Facts resumability,
            Instant reauthAt,
            Instant supersededBy,
            IkeSpi predecessor,
            IkeView former) {
        public Heritage {
            children = List.copyOf(children);
            tasks = List.copyOf(tasks);
            postponed = List.copyOf(postponed);
            wishes = Map.copyOf(wishes);
        }
    }

    /// Genuine ESP came from there.
    record PeerSeen(Endpoint remote) implements SaInput {}

    /// As gateway: the client shall go to another one.
    record Redirect(Gateway target) implements SaInput {}

    /// As client: what the host answers to [org.keyferry.engine.Effect.FindGateway].
    record GatewayFound(Optional<Path> path) implements SaInput {}

    /// Addresses or routes of this host changed.
    record NetworkChanged() implements SaInput {}

    /// What the host answers to [org.keyferry.engine.Effect.FindPaths].
    record PathsFound(List<Path> paths) implements SaInput {}

    /// The TCP connection that it asked for is there.
    record StreamOpened(Endpoint local, Endpoint remote) implements SaInput {}

    record StreamRefused(Endpoint remote, String reason) implements SaInput {}

    /// Its TCP connection broke.
    record StreamLost() implements SaInput {}

    record ChildExpired(int protocolId, ChildSpi spi, boolean hard) implements SaInput {}
}
