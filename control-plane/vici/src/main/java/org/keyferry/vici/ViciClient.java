package org.keyferry.vici;

import static org.keyferry.vici.ViciException.Kind.PROTOCOL;
import static org.keyferry.vici.ViciException.Kind.UNKNOWN_COMMAND;
import static org.keyferry.vici.ViciException.Kind.UNKNOWN_EVENT;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.function.Consumer;

/// A connection to Keyferry or charon. Requests run one after another; a second thread waits its
/// turn. After an exception other than an unknown command or event the connection is closed,
/// because a late answer could be taken for that of the next request.
public final class ViciClient implements AutoCloseable {
    /// A timeout that never comes.
    public static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final ClientSocket socket;
    private volatile Duration patience = FOREVER;

    private ViciClient(ClientSocket socket) {
        this.socket = socket;
    }

    /// Connects, waiting 5 seconds at most.
    ///
    /// @throws ViciException `NOT_REACHABLE`, with a message that says why
    public static ViciClient connect(ViciAddress address) throws ViciException {
        return connect(address, CONNECT_TIMEOUT);
    }

    public static ViciClient connect(ViciAddress address, Duration timeout) throws ViciException {
        return new ViciClient(ClientSocket.connect(address, timeout));
    }

    public static ViciClient connect(Path socketFile) throws ViciException {
        return connect(new ViciAddress.Unix(socketFile));
    }

    /// Bounds the waits of those calls that name no timeout of their own; for ever unless set,
    /// because some commands take as long as their tunnel.
    public ViciClient answeringWithin(Duration newPatience) {
        patience = newPatience;
        return this;
    }

    /// Waits for the answer as long as `answeringWithin` says.
    public ViciMessage request(String command, ViciMessage message) throws ViciException {
        return request(command, message, patience);
    }

    /// Sends a request and waits for its answer.
    ///
    /// @param timeout from now to the complete answer
    public synchronized ViciMessage request(String command, ViciMessage message, Duration timeout)
            throws ViciException {
        var deadline = Deadline.in(timeout);
        return closingOnFailure(() -> exchange(command, message, ViciClient::ignore, deadline));
    }

    /// As the other, waiting as long as `answeringWithin` says.
    public ViciMessage stream(
            String command, String event, ViciMessage message, Consumer<ViciMessage> sink)
            throws ViciException {
        return stream(command, event, message, sink, patience);
    }

    /// Registers a streamed event, runs a command that sends it, and unregisters.
    ///
    /// @param sink gets each event, on the calling thread, before the answer is returned
    /// @param timeout from now to the complete answer
    public synchronized ViciMessage stream(
            String command,
            String event,
            ViciMessage message,
            Consumer<ViciMessage> sink,
            Duration timeout)
            throws ViciException {
        var deadline = Deadline.in(timeout);
        Consumer<ViciPacket.Event> filter =
                received -> {
                    if (received.event().equals(event)) {
                        sink.accept(received.message());
                    }
                };
        return closingOnFailure(
                () -> {
                    register(event, ViciClient::ignore, deadline);
                    try {
                        ViciMessage answer = exchange(command, message, filter, deadline);
                        unregister(event, deadline);
                        return answer;
                    } catch (ViciException e) {
                        if (e.kind() == UNKNOWN_COMMAND) {
                            unregister(event, deadline);
                        }
                        throw e;
                    }
                });
    }

    /// Registers events and hands each to `sink` until `close` is called, from the sink or another
    /// thread, or the time is over. The registrations last as long as the connection; each may take
    /// as long as `answeringWithin` says.
    ///
    /// @throws ViciException `LOST` if the daemon ends the connection
    public synchronized void listen(
            Collection<String> events, Duration howLong, Consumer<ViciPacket.Event> sink)
            throws ViciException {
        var deadline = Deadline.in(howLong);
        var registering = Deadline.in(patience); // a short time to listen is no hurry to register
        closingOnFailure(
                () -> {
                    for (String event : events) {
                        register(event, sink, registering);
                    }
                    deliver(sink, deadline);
                    return ViciMessage.EMPTY;
                });
    }

    private void deliver(Consumer<ViciPacket.Event> sink, Deadline deadline) throws ViciException {
        try {
            while (!socket.isClosed()) {
                if (socket.receive(deadline) instanceof ViciPacket.Event event) {
                    sink.accept(event);
                }
            }
        } catch (ViciException e) {
            boolean wanted = e.kind() == ViciException.Kind.TIMEOUT || socket.isClosed();
            if (!wanted) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    private ViciMessage exchange(
            String command,
            ViciMessage message,
            Consumer<ViciPacket.Event> events,
            Deadline deadline)
            throws ViciException {
        socket.send(new ViciPacket.CommandRequest(command, message).encode(), deadline);
        return switch (receiveReply(events, deadline)) {
            case ViciPacket.CommandResponse(var answer) -> answer;
            case ViciPacket.CommandUnknown() ->
                    throw new ViciException(
                            UNKNOWN_COMMAND, "the daemon does not know the command " + command);
            case ViciPacket other -> throw unexpected(other);
        };
    }

    private void register(String event, Consumer<ViciPacket.Event> events, Deadline deadline)
            throws ViciException {
        socket.send(new ViciPacket.EventRegister(event).encode(), deadline);
        expectConfirm(event, events, deadline);
    }

    private void unregister(String event, Deadline deadline) throws ViciException {
        socket.send(new ViciPacket.EventUnregister(event).encode(), deadline);
        expectConfirm(event, ViciClient::ignore, deadline);
    }

    private void expectConfirm(String event, Consumer<ViciPacket.Event> events, Deadline deadline)
            throws ViciException {
        switch (receiveReply(events, deadline)) {
            case ViciPacket.EventConfirm() -> {}
            case ViciPacket.EventUnknown() ->
                    throw new ViciException(
                            UNKNOWN_EVENT, "the daemon does not know the event " + event);
            case ViciPacket other -> throw unexpected(other);
        }
    }

    /// The next packet that is no event; events that come first go to `events`.
    private ViciPacket receiveReply(Consumer<ViciPacket.Event> events, Deadline deadline)
            throws ViciException {
        while (true) {
            ViciPacket packet = socket.receive(deadline);
            if (!(packet instanceof ViciPacket.Event event)) {
                return packet;
            }
            events.accept(event);
        }
    }

    private static ViciException unexpected(ViciPacket packet) {
        return new ViciException(
                PROTOCOL, "unexpected " + packet.getClass().getSimpleName() + " from the daemon");
    }

    private static void ignore(ViciPacket.Event event) {
        // of a listener's registration; nobody waits for it now
    }

    @FunctionalInterface
    private interface Conversation {
        ViciMessage run() throws ViciException;
    }

    /// Failures in the middle leave packets on their way that nobody would read.
    private ViciMessage closingOnFailure(Conversation conversation) throws ViciException {
        boolean inStep = false;
        try {
            ViciMessage answer = conversation.run();
            inStep = true;
            return answer;
        } catch (ViciException e) {
            inStep = e.kind() == UNKNOWN_COMMAND || e.kind() == UNKNOWN_EVENT;
            throw e;
        } finally {
            if (!inStep) {
                socket.close();
            }
        }
    }
}
