package org.keyferry.daemon.shard;

import org.keyferry.engine.Event;

/// Hears what the engines tell. Called on shard threads; must not block.
@FunctionalInterface
public interface EventSink {
    void tell(Event event);
}
