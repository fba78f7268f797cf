package org.keyferry.daemon.dataplane;

import java.util.random.RandomGenerator;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.xfrm.XfrmLifetime;
import org.keyferry.settings.model.Lifetime;

/// Limits of the states of a CHILD_SA. Each state draws random parts of its own.
final class ChildLifetimes {
    private final RandomGenerator random;

    ChildLifetimes(RandomGenerator random) {
        this.random = random;
    }

    XfrmLifetime inbound(ChildInstallation child) {
        return lifetime(child, child.softSeconds());
    }

    /// Never asks for a rekeying before the inbound state does, whose limit the engine knows. If no
    /// random part would keep the two apart, it does not ask at all.
    XfrmLifetime outbound(ChildInstallation child) {
        Lifetime limits = child.config().lifetime();
        long rand = limits.randTime().toSeconds();
        long soft = child.softSeconds();
        if (soft == 0 || rand == 0) {
            return lifetime(child, 0);
        }
        return lifetime(child, Math.max(soft, withJitter(limits.rekeyTime().toSeconds(), rand)));
    }

    private XfrmLifetime lifetime(ChildInstallation child, long softSeconds) {
        Lifetime limits = child.config().lifetime();
        return new XfrmLifetime(
                limit(withJitter(limits.rekeyBytes(), limits.randBytes())),
                limit(limits.lifeBytes()),
                limit(withJitter(limits.rekeyPackets(), limits.randPackets())),
                limit(limits.lifePackets()),
                softSeconds,
                child.hardSeconds(),
                0,
                0);
    }

    private static long limit(long value) {
        return value == 0 ? XfrmLifetime.NO_LIMIT : value;
    }

    /// `rekey − r · min(jitter + 1, rekey)` with `r` in [0, 1): never 0 unless `rekey` is.
    private long withJitter(long rekey, long jitter) {
        long largest = jitter >= rekey ? rekey : jitter + 1;
        return rekey - (long) (random.nextDouble() * largest);
    }
}
