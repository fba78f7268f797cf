package org.keyferry.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Function;
import org.keyferry.vici.ViciException;

/// Owners that change under us: what is not known is asked again, though not too often, and what
/// was known just before still counts, because an SA's end is told after the daemon forgot it.
final class LiveOwners {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final OwnerOptions options;
    private Owners now;
    private Owners before;
    private long fetchedAtNanos = System.nanoTime();

    LiveOwners(OwnerOptions options, PrintWriter err) {
        this.options = options;
        this.now = options.fetch(err);
        this.before = now;
    }

    Owner find(Function<Owners, Owner> lookup) {
        Owner owner = lookup.apply(now);
        boolean stale = System.nanoTime() - fetchedAtNanos > PATIENCE.toNanos();
        if (stale && !isSettled(owner)) {
            refresh();
            owner = lookup.apply(now);
        }
        Owner former = lookup.apply(before);
        return isSettled(owner) || !isSettled(former) ? owner : former;
    }

    private static boolean isSettled(Owner owner) {
        return owner instanceof Owner.Child || owner instanceof Owner.Socket;
    }

    private void refresh() {
        fetchedAtNanos = System.nanoTime();
        try {
            Owners fresh = options.fetch();
            before = now;
            now = fresh;
        } catch (ViciException _) {
            now = Owners.UNKNOWN; // said once, at the start
        }
    }
}
