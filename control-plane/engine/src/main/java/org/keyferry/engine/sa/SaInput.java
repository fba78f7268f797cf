package org.keyferry.engine.sa;

import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeHeader;

/// What an [IkeSa] is told by its engine.
public sealed interface SaInput {
    record Received(Endpoint local, Endpoint remote, IkeHeader header, Bytes datagram)
            implements SaInput {}

    record TimerDue(TimerQueue.Kind kind) implements SaInput {}

    record Computed(long ticket, Computation result) implements SaInput {}

    record KernelAnswered(long ticket, KernelAnswer answer) implements SaInput {}

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

    /// Genuine ESP came from there.
    record PeerSeen(Endpoint remote) implements SaInput {}

    record ChildExpired(int protocolId, ChildSpi spi, boolean hard) implements SaInput {}
}
