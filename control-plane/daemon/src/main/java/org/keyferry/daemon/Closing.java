package org.keyferry.daemon;

import java.util.ArrayDeque;
import java.util.Deque;

/// Parts of a daemon in the order of their start; closed in the reverse order, each whatever became
/// of the others.
final class Closing implements AutoCloseable {
    private record Part(String name, AutoCloseable closeable) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    void add(String name, AutoCloseable part) {
        parts.push(new Part(name, part));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.closeable().close();
            } catch (Exception e) {
                System.err.println("closing " + part.name() + ": " + e);
            }
        }
    }
}
