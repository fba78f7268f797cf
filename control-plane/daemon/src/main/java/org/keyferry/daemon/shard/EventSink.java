package org.keyferry.daemon.shard;

import java.util.List;
import org.keyferry.engine.Event;

/// Hears what the engines tell. Called on shard threads; must not block.
@FunctionalInterface
public interface EventSink {
    void tell(Event event);

    /// Each hears everything, in this order.
    static EventSink of(List<EventSink> sinks) {
        var all = List.copyOf(sinks);
        return event -> all.forEach(sink -> sink.tell(event));
    }
}
