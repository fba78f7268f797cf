package org.keyferry.engine.exchange;

import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.SaCore;

/// How many CHILD_SAs a peer may have over one IKE_SA (RFC 7296 §1.3, RFC 8019 §7.3). It may always
/// replace those that it has, as long as it deletes what it has replaced.
final class ChildLimit {
    /// Whether there is no room for another one, besides those that are replaced already.
    static boolean isReached(SaCore sa, Outbox out) {
        int limit = sa.settings().children().childrenLimit();
        if (limit == 0 || count(sa, true) < limit) {
            return false;
        }
        if (sa.extensions().refusedChild() == 1) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "peer '%s' has %d CHILD_SAs, no more are accepted over this IKE_SA"
                            + " (children_limit)",
                    sa.remoteId(),
                    limit);
        }
        return true;
    }

    /// Whether the peer replaces CHILD_SAs and keeps what it has replaced.
    static boolean isHoarded(SaCore sa) {
        int limit = sa.settings().children().childrenLimit();
        return limit != 0 && count(sa, false) >= limit;
    }

    private static long count(SaCore sa, boolean lasting) {
        return sa.children().stream()
                .filter(child -> lasting ? isThere(child) : child.state() == ChildSa.State.REKEYED)
                .count();
    }

    private static boolean isThere(ChildSa child) {
        return Tasks.carries(child) || child.state() == ChildSa.State.INSTALLING;
    }

    /// The IKE_SA ends: how often it was asked in vain.
    static void ended(SaCore sa, Outbox out) {
        int refused = sa.extensions().takeRefusedChildren();
        if (refused > 0) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "%d requests of peer '%s' for more CHILD_SAs were refused (children_limit)",
                    refused,
                    sa.remoteId());
        }
    }

    private ChildLimit() {}
}
