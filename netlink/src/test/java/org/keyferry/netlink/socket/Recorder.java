package org.keyferry.netlink.socket;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Keeps events for a test to look at.
record Recorder<E>(BlockingQueue<E> events, AtomicInteger overruns)
        implements EventSocket.Listener<E> {
    Recorder(BlockingQueue<E> events) {
        this(events, new AtomicInteger());
    }

    @Override
    public void event(E event) {
        events.add(event);
    }

    @Override
    public void overrun() {
        overruns.incrementAndGet();
    }

    @Override
    public void failed(IOException cause) {
        throw new IllegalStateException(cause);
    }
}
