package org.keyferry.daemon.creds;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Pools of addresses that clients loaded, in the order of loading. Any thread.
public final class Pools {
    private final Map<String, Pool> pools = new LinkedHashMap<>();

    /// One of the same name is replaced.
    public synchronized void load(Pool pool) {
        pools.put(pool.name(), pool);
    }

    /// @return whether there was one
    public synchronized boolean unload(String name) {
        return pools.remove(name) != null;
    }

    public synchronized List<Pool> all() {
        return List.copyOf(pools.values());
    }
}
