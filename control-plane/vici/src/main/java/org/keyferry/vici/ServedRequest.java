package org.keyferry.vici;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/// A request on its way through a connection's worker.
final class ServedRequest implements ViciRequest {
    private static final Logger LOG = System.getLogger(ServedRequest.class.getName());

    private final String command;
    private final ViciMessage message;
    private final BooleanSupplier cancelled;
    private final BiConsumer<String, byte[]> offerEvent;
    private final Outbox outbox;
    private final Thread worker = Thread.currentThread();

    // Guarded by this.
    private boolean finished;
    private boolean cancelSeen;
    private Runnable onCancel = () -> {};

    /// Made on the thread that will run the command.
    ServedRequest(
            String command,
            ViciMessage message,
            BooleanSupplier cancelled,
            BiConsumer<String, byte[]> offerEvent,
            Outbox outbox) {
        this.command = command;
        this.message = message;
        this.cancelled = cancelled;
        this.offerEvent = offerEvent;
        this.outbox = outbox;
    }

    @Override
    public String command() {
        return command;
    }

    @Override
    public ViciMessage message() {
        return message;
    }

    @Override
    public boolean wants(String event) {
        return outbox.wants(event);
    }

    @Override
    public void stream(String event, ViciMessage eventMessage) {
        if (!ViciEvents.STREAMED.contains(event)) {
            throw new IllegalArgumentException(event + " is not a streamed event");
        }
        if (isFinished() || !wants(event)) {
            return;
        }
        byte[] packet = new ViciPacket.Event(event, eventMessage).encode();
        if (packet.length > ViciPacket.MAX_BYTES) {
            LOG.log(Level.WARNING, "{0} event exceeds the protocol''s 512 KiB, discarded", event);
        } else if (Thread.currentThread().equals(worker)) {
            outbox.putEvent(event, packet);
        } else {
            offerUnlessFinished(event, packet);
        }
    }

    private synchronized void offerUnlessFinished(String event, byte[] packet) {
        if (!finished) {
            offerEvent.accept(event, packet);
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled.getAsBoolean();
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            onCancel = action;
            if (!cancelSeen || finished) {
                return;
            }
            onCancel = () -> {};
        }
        action.run();
    }

    private synchronized boolean isFinished() {
        return finished;
    }

    /// From now on the request is deaf: it streams nothing and is not cancelled.
    synchronized void finish() {
        finished = true;
    }

    void cancel() {
        Runnable action;
        synchronized (this) {
            cancelSeen = true;
            if (finished) {
                return;
            }
            action = onCancel;
            onCancel = () -> {};
        }
        action.run();
    }
}
