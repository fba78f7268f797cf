package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.Task;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Childless;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// IKE_SAs that come up without a CHILD_SA (RFC 6023): it follows by CREATE_CHILD_SA, with a key
/// exchange of its own.
final class Childlessness {
    /// Responder: what the answer to IKE_SA_INIT says.
    static List<Payload> announced(SaCore sa) {
        return sa.connection().childless() == Childless.NEVER
                ? List.of()
                : List.of(Payload.Notify.of(NotifyType.CHILDLESS_IKEV2_SUPPORTED));
    }

    static void read(SaCore sa, List<Payload> payloads) {
        sa.extensions()
                .peerGoesChildless(
                        IkeMessage.notify(payloads, NotifyType.CHILDLESS_IKEV2_SUPPORTED)
                                .isPresent());
    }

    /// Initiator: what is wrong if the IKE_SA must come up without a child and cannot.
    static Optional<String> refusal(SaCore sa) {
        boolean forced = sa.connection().childless() == Childless.FORCE;
        return forced && !sa.extensions().peerGoesChildless()
                ? Optional.of(
                        "peer does not support IKE_SAs without a CHILD_SA (childless = force)")
                : Optional.empty();
    }

    /// Initiator: the child that goes into IKE_AUTH.
    static Optional<Child> inAuth(SaCore sa, Optional<Child> wanted) {
        Childless policy = sa.connection().childless();
        boolean follows =
                wanted.isPresent()
                        && sa.extensions().peerGoesChildless()
                        && (policy == Childless.PREFER || policy == Childless.FORCE);
        sa.extensions().childFollows(follows);
        return follows ? Optional.empty() : wanted;
    }

    /// Initiator: the IKE_SA is up, and the child is asked for by those who wait for it.
    static void follow(SaCore sa) {
        if (!sa.extensions().childFollows()) {
            return;
        }
        sa.extensions().childFollows(false);
        var requests = new ArrayList<>(sa.waitingRequests());
        sa.waitingRequests().clear();
        Child child = sa.wantedChild().orElseThrow();
        for (long requestId : requests.isEmpty() ? List.of(0L) : requests.reversed()) {
            sa.tasks().addFirst(Task.CreateChild.of(child, requestId));
        }
    }

    /// Responder: what is wrong with a request that does, or does not, ask for a CHILD_SA.
    static Optional<String> refusal(SaCore sa, boolean asksForChild) {
        return switch (sa.connection().childless()) {
            case FORCE ->
                    asksForChild
                            ? Optional.of("peer asks for a CHILD_SA at once (childless = force)")
                            : Optional.empty();
            case NEVER ->
                    asksForChild
                            ? Optional.empty()
                            : Optional.of("peer asks for no CHILD_SA (childless = never)");
            case ALLOW, PREFER -> Optional.empty();
        };
    }

    private Childlessness() {}
}
