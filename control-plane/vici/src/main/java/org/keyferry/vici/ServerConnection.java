package org.keyferry.vici;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One client: a reader, so that its going away is noticed while a command runs; a worker, which
/// serves its packets strictly in order; and a writer. All three are virtual threads.
final class ServerConnection {
    private static final Logger LOG = System.getLogger(ServerConnection.class.getName());

    /// Packets read ahead of the worker; beyond, the client's writes stall.
    private static final int MAX_READ_AHEAD = 4;

    private static final byte[] WAKE_UP = new byte[0];
    private static final byte[] UNKNOWN_COMMAND = new ViciPacket.CommandUnknown().encode();
    private static final byte[] CONFIRM = new ViciPacket.EventConfirm().encode();
    private static final byte[] UNKNOWN_EVENT = new ViciPacket.EventUnknown().encode();

    private final String name;
    private final SocketChannel channel;
    private final Map<String, ViciCommand> commands;
    private final Consumer<ServerConnection> onClose;
    private final Outbox outbox;
    private final BlockingQueue<byte[]> inbox = new ArrayBlockingQueue<>(MAX_READ_AHEAD);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<ServedRequest> running = new AtomicReference<>();
    private final Thread reader;

    ServerConnection(
            String name,
            SocketChannel channel,
            Map<String, ViciCommand> commands,
            Outbox outbox,
            Consumer<ServerConnection> onClose) {
        this.name = name;
        this.channel = channel;
        this.commands = commands;
        this.onClose = onClose;
        this.outbox = outbox;
        this.reader = Thread.ofVirtual().name(name + " reader").unstarted(this::read);
    }

    void start() {
        reader.start();
        Thread.ofVirtual().name(name + " worker").start(this::work);
        Thread.ofVirtual().name(name + " writer").start(this::write);
    }

    boolean wants(String event) {
        return outbox.wants(event);
    }

    /// Never waits: a client that does not keep up is disconnected, so that it knows.
    void offerEvent(String event, byte[] packet) {
        if (!outbox.offerEvent(event, packet)) {
            LOG.log(Level.WARNING, "{0} does not read its events, disconnecting it", name);
            close();
        }
    }

    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing {0}: {1}", name, e.getMessage());
        }
        outbox.close();
        reader.interrupt();
        inbox.clear();
        inbox.offer(WAKE_UP);
        Optional.ofNullable(running.get()).ifPresent(ServedRequest::cancel);
        onClose.accept(this);
    }

    private void read() {
        try {
            for (var packet = Frames.read(channel);
                    packet.isPresent();
                    packet = Frames.read(channel)) {
                inbox.put(packet.get());
            }
        } catch (MalformedVici e) {
            LOG.log(Level.WARNING, "{0} sent {1}, disconnecting it", name, e.getMessage());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "{0} gone: {1}", name, e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // close() does this; nothing is left to do
        } finally {
            close();
        }
    }

    private void write() {
        try {
            for (var packet = outbox.take(); packet.isPresent(); packet = outbox.take()) {
                Frames.write(channel, packet.get());
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "{0} gone: {1}", name, e.getMessage());
        } finally {
            close();
        }
    }

    private void work() {
        try {
            while (!closed.get()) {
                serve(inbox.take());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private void serve(byte[] packet) {
        if (closed.get()) {
            return;
        }
        try {
            switch (ViciPacket.decode(packet, this::messageFault)) {
                case ViciPacket.CommandRequest(var command, var message) -> run(command, message);
                case ViciPacket.EventRegister(var event) -> {
                    if (ViciEvents.known(event)) {
                        outbox.register(event, CONFIRM);
                    } else {
                        outbox.put(UNKNOWN_EVENT);
                    }
                }
                case ViciPacket.EventUnregister(var event) ->
                        outbox.unregister(event, CONFIRM, UNKNOWN_EVENT);
                case ViciPacket.CommandResponse _,
                        ViciPacket.CommandUnknown _,
                        ViciPacket.EventConfirm _,
                        ViciPacket.EventUnknown _,
                        ViciPacket.Event _ ->
                        LOG.log(Level.WARNING, "{0} sent a packet that only we may send", name);
            }
        } catch (MalformedVici e) {
            LOG.log(Level.WARNING, "{0} sent {1}, ignoring it", name, e.getMessage());
        }
    }

    private void messageFault(MalformedVici fault) {
        LOG.log(Level.WARNING, "{0} sent a message with {1}", name, fault.getMessage());
    }

    private void run(String name, ViciMessage message) {
        ViciCommand command = commands.get(name);
        if (command == null) {
            outbox.put(UNKNOWN_COMMAND);
            return;
        }
        var request = new ServedRequest(name, message, this::isClosed, this::offerEvent, outbox);
        running.set(request);
        if (closed.get()) {
            request.cancel(); // close() may have come too early to see the request
        }
        ViciMessage answer = answer(command, request);
        request.finish();
        running.set(null);
        outbox.put(response(name, answer));
    }

    private ViciMessage answer(ViciCommand command, ServedRequest request) {
        try {
            return command.run(request);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ViciMessage.failure("interrupted");
        } catch (Exception | AssertionError | StackOverflowError e) {
            LOG.log(Level.ERROR, "command " + request.command() + " failed", e);
            return ViciMessage.failure("internal error");
        }
    }

    private static byte[] response(String command, ViciMessage answer) {
        byte[] packet = new ViciPacket.CommandResponse(answer).encode();
        if (packet.length <= ViciPacket.MAX_BYTES) {
            return packet;
        }
        LOG.log(Level.WARNING, "answer to {0} exceeds the protocol''s 512 KiB", command);
        return new ViciPacket.CommandResponse(ViciMessage.failure("answer exceeds 512 KiB"))
                .encode();
    }

    private boolean isClosed() {
        return closed.get();
    }

    @Override
    public String toString() {
        return name;
    }
}
