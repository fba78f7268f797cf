package org.keyferry.netlink.socket;

import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.NetlinkSocket;
import org.keyferry.nativeshim.WakeablePoll;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.route.RouteEvent;
import org.keyferry.netlink.route.RouteGroup;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmGroup;

/// Listens to multicast events with a platform thread of its own.
public final class EventSocket implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int FIRST_PROTOCOL_TYPE = 16;

    /// Called on the socket's thread, which reads no further event before a call returns.
    public interface Listener<E> {
        void event(E event);

        /// Events were lost: dump, and compare with what was believed.
        void overrun();

        /// No event comes any more.
        void failed(IOException cause);
    }

    private interface Decoder<E> {
        E decode(NetlinkMessage message) throws MalformedKernelMessage;
    }

    private final NetlinkSocket socket;
    private final WakeablePoll poll;
    private final Thread thread;
    private volatile boolean closed;

    private <E> EventSocket(
            NetlinkSocket socket, String name, Decoder<E> decoder, Listener<E> listener)
            throws LinuxError {
        this.socket = socket;
        this.poll = new WakeablePoll(socket.fd());
        this.thread =
                Thread.ofPlatform().daemon().name(name).unstarted(() -> run(decoder, listener));
    }

    /// Listens to XFRM in the calling thread's network namespace.
    public static EventSocket xfrm(Set<XfrmGroup> groups, Listener<XfrmEvent> listener)
            throws LinuxError {
        return xfrm(groups, RECEIVE_BUFFER_BYTES, listener);
    }

    /// With a receive buffer of another size; 0 for what the kernel gives by default.
    public static EventSocket xfrm(
            Set<XfrmGroup> groups, int receiveBufferBytes, Listener<XfrmEvent> listener)
            throws LinuxError {
        int[] numbers = groups.stream().mapToInt(XfrmGroup::number).toArray();
        return open(
                Xfrm.NETLINK_PROTOCOL,
                numbers,
                receiveBufferBytes,
                "xfrm-events",
                XfrmEvent::decode,
                listener);
    }

    /// Listens to rtnetlink in the calling thread's network namespace.
    public static EventSocket route(Set<RouteGroup> groups, Listener<RouteEvent> listener)
            throws LinuxError {
        return route(groups, RECEIVE_BUFFER_BYTES, listener);
    }

    /// With a receive buffer of another size.
    static EventSocket route(
            Set<RouteGroup> groups, int receiveBufferBytes, Listener<RouteEvent> listener)
            throws LinuxError {
        int[] numbers = groups.stream().mapToInt(RouteGroup::number).toArray();
        return open(
                Routes.NETLINK_PROTOCOL,
                numbers,
                receiveBufferBytes,
                "route-events",
                RouteEvent::decode,
                listener);
    }

    private static <E> EventSocket open(
            int protocol,
            int[] groups,
            int receiveBufferBytes,
            String name,
            Decoder<E> decoder,
            Listener<E> listener)
            throws LinuxError {
        NetlinkSocket socket = NetlinkSocket.open(protocol);
        try {
            if (receiveBufferBytes > 0) socket.receiveBufferBytes(receiveBufferBytes);
            for (int group : groups) socket.join(group);
            var events = new EventSocket(socket, name, decoder, listener);
            events.thread.start();
            return events;
        } catch (LinuxError e) {
            socket.close();
            throw e;
        }
    }

    /// Ends the thread; when this returns, no further call comes, unless it is made from a call.
    @Override
    public void close() {
        closed = true;
        try {
            poll.wake();
        } catch (LinuxError e) {
            throw new IllegalStateException("eventfd refuses", e);
        }
        if (Thread.currentThread() == thread) return;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private <E> void run(Decoder<E> decoder, Listener<E> listener) {
        try (socket;
                poll) {
            var datagrams = new Datagrams();
            Consumer<NetlinkMessage> reader = message -> hand(message, decoder, listener);
            while (!closed) if (poll.await(-1)) receiveAll(datagrams, reader, listener);
        } catch (LinuxError e) {
            listener.failed(e);
        } catch (RuntimeException e) {
            listener.failed(new IOException("listener failed", e));
        }
    }

    private void receiveAll(
            Datagrams datagrams, Consumer<NetlinkMessage> reader, Listener<?> listener)
            throws LinuxError {
        while (!closed) {
            switch (datagrams.receive(socket, reader)) {
                case NOTHING -> {
                    return;
                }
                case MESSAGES -> {}
                case LOST -> listener.overrun();
            }
        }
    }

    /// An event that cannot be read is as good as lost.
    private <E> void hand(NetlinkMessage message, Decoder<E> decoder, Listener<E> listener) {
        if (message.type() < FIRST_PROTOCOL_TYPE) return;
        E event;
        try {
            event = decoder.decode(message);
        } catch (MalformedKernelMessage e) {
            listener.overrun();
            return;
        }
        listener.event(event);
    }
}
