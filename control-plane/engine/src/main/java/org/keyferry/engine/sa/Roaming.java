package org.keyferry.engine.sa;

import java.util.List;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.wire.Endpoint;

/// Follows a peer behind a NAT to the address and port that the NAT gives it anew (RFC 7296 §2.23).
/// Callers have verified what came from there: an IKE message that was not here before, or ESP.
final class Roaming {
    /// Where this side is behind a NAT itself, the peer is not followed: it would have to be
    /// reached through a mapping that our NAT does not have.
    ///
    /// @param to where the packet arrived
    static void follow(SaCore sa, State state, Endpoint to, Endpoint from, Outbox out) {
        boolean may =
                state instanceof State.Established
                        && sa.natRemote()
                        && !sa.natLocal()
                        && to.equals(sa.local())
                        && !from.equals(sa.remote());
        // what the kernel is being given would stay behind; the next packet leads there as well
        if (may && !sa.questions().kernelBusy()) {
            move(sa, to, from, out);
        }
    }

    private static void move(SaCore sa, Endpoint local, Endpoint remote, Outbox out) {
        out.log(sa, Group.IKE, 1, "remote endpoint changed from %s to %s", sa.remote(), remote);
        sa.endpoints(local, remote);
        for (ChildSa child : List.copyOf(sa.children())) {
            if (child.state() != ChildSa.State.DELETED) {
                ChildSa moved = child.between(local, remote);
                sa.replaceChild(child, moved);
                out.kernelAside(
                        sa, new KernelOp.MoveChild(child.installation(), moved.installation()));
            }
        }
    }

    private Roaming() {}
}
