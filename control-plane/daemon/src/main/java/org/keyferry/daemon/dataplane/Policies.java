package org.keyferry.daemon.dataplane;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The policies of all CHILD_SAs. Several may want the same one: a peer that restarted, or an SA
/// that replaces another.
final class Policies {
    private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

    private final Xfrm xfrm;
    private final boolean alwaysUpdate;
    private final SharedEntries<XfrmPolicyId, ChildPolicy> entries;

    /// @param alwaysUpdate never asks whether a policy is there already (`policy_update`)
    Policies(Xfrm xfrm, boolean alwaysUpdate) {
        this.xfrm = xfrm;
        this.alwaysUpdate = alwaysUpdate;
        this.entries = new SharedEntries<>(new InKernel(), ChildPolicy::staysAheadOf);
    }

    /// Asks for all of them at once, in order.
    List<CompletableFuture<Void>> acquire(Object owner, List<ChildPolicy> wanted) {
        return wanted.stream().map(p -> entries.acquire(p.id(), owner, p)).toList();
    }

    /// Gives back one use; the policy goes, or passes to the next user.
    ///
    /// @param inKernel false if the kernel refused it
    CompletableFuture<Void> release(Object owner, ChildPolicy policy, boolean inKernel) {
        return entries.release(policy.id(), owner, inKernel);
    }

    /// Number of policies in the kernel.
    int size() {
        return entries.size();
    }

    private final class InKernel implements SharedEntries.Kernel<XfrmPolicyId, ChildPolicy> {
        /// A policy that another program left with these selectors is taken over, or traffic would
        /// go its way.
        @Override
        public CompletableFuture<Void> add(XfrmPolicyId id, ChildPolicy value) {
            if (alwaysUpdate) {
                return xfrm.updatePolicy(value.policy());
            }
            return xfrm.addPolicy(value.policy())
                    .exceptionallyCompose(
                            failure -> {
                                if (!Refusals.is(failure, Errno.EEXIST)) {
                                    return CompletableFuture.failedFuture(failure);
                                }
                                LOG.warn("policy {} was there already and is replaced", id);
                                return entries.rewrite(id);
                            });
        }

        @Override
        public CompletableFuture<Void> replace(XfrmPolicyId id, ChildPolicy value) {
            return xfrm.updatePolicy(value.policy());
        }

        @Override
        public CompletableFuture<Void> remove(XfrmPolicyId id, ChildPolicy last) {
            return xfrm.deletePolicy(id);
        }
    }
}
