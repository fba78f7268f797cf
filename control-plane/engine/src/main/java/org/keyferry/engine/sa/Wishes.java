package org.keyferry.engine.sa;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.keyferry.engine.Acquire;
import org.keyferry.engine.Attempt;

/// Children that are to be brought up over an IKE_SA and are not up yet, and how that came about.
public final class Wishes {
    private Map<String, Attempt> wishes = Map.of();

    /// A child is to be brought up.
    public void add(String child, Attempt wish) {
        var next = new HashMap<>(wishes);
        next.merge(child, wish, Attempt::joined);
        wishes = Map.copyOf(next);
    }

    /// It is up, or given up.
    public void forget(String child) {
        if (wishes.containsKey(child)) {
            var next = new HashMap<>(wishes);
            next.remove(child);
            wishes = Map.copyOf(next);
        }
    }

    public Optional<Attempt> of(String child) {
        return Optional.ofNullable(wishes.get(child));
    }

    public Map<String, Attempt> all() {
        return wishes;
    }

    /// The packet that waits for a child.
    public Optional<Acquire> acquire(String child) {
        return of(child).flatMap(Attempt::acquire);
    }
}
