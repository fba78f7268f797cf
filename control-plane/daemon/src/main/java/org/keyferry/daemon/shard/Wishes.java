package org.keyferry.daemon.shard;

import org.keyferry.engine.Effect;

/// Does what an engine wishes and cannot do alone, as it needs names, time or policies. Called on
/// shard threads; must not block.
public interface Wishes {
    void reinitiate(Effect.Reinitiate wish);

    void trap(Effect.Trap wish);
}
