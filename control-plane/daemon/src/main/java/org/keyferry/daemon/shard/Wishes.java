package org.keyferry.daemon.shard;

import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Path;

/// Does what an engine wishes and cannot do alone, as it needs names, time or policies. Called on
/// shard threads; must not block.
public interface Wishes {
    void reinitiate(Effect.Reinitiate wish);

    void trap(Effect.Trap wish);

    /// @param answer gets the way to the gateway, or nothing
    void findGateway(Effect.FindGateway wish, Consumer<Optional<Path>> answer);
}
