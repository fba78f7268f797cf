package org.keyferry.netlink.socket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.keyferry.nativeshim.Errno;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.NetlinkSocket;
import org.keyferry.nativeshim.WakeablePoll;
import org.keyferry.netlink.KernelLink;
import org.keyferry.netlink.KernelLinkFailure.Reason;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.route.Routes;

/// The real kernel: one socket and one platform thread, which sends what waits in batches and
/// completes what is answered.
///
/// Changes go out in the order of [#send]; of dumps the kernel takes one at a time, so they may be
/// overtaken.
public final class NetlinkLink implements KernelLink {
    private static final int BATCH_BYTES = 64 << 10;
    private static final int BATCH_MESSAGES = 64;

    private final NetlinkSocket socket;
    private final WakeablePoll poll;
    private final LinkLimits limits;
    private final Conversation conversation;
    private final Thread thread;
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_BYTES);
    private final Datagrams datagrams = new Datagrams();

    /// Guarded by itself, as is `closed`.
    private final ArrayDeque<Pending<?>> queue = new ArrayDeque<>();

    private boolean closed;

    private NetlinkLink(NetlinkSocket socket, LinkLimits limits, String name) throws LinuxError {
        this.socket = socket;
        this.limits = limits;
        this.poll = new WakeablePoll(socket.fd());
        this.conversation = new Conversation(limits.timeout());
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /// Opens a link in the calling thread's network namespace.
    ///
    /// @param protocol such as `Xfrm.NETLINK_PROTOCOL`
    public static NetlinkLink open(int protocol) throws LinuxError {
        return open(protocol, LinkLimits.DEFAULT);
    }

    /// Opens a link with limits of its own.
    public static NetlinkLink open(int protocol, LinkLimits limits) throws LinuxError {
        NetlinkSocket socket = NetlinkSocket.open(protocol);
        try {
            if (limits.receiveBufferBytes() > 0)
                socket.receiveBufferBytes(limits.receiveBufferBytes());
            if (protocol == Routes.NETLINK_PROTOCOL) socket.checkStrictly();
            var link = new NetlinkLink(socket, limits, "netlink-" + protocol);
            link.thread.start();
            return link;
        } catch (LinuxError e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public <T> CompletableFuture<List<T>> send(KernelRequest<T> request) {
        var pending = new Pending<>(request);
        Reason refusal = enqueue(pending);
        if (refusal != null) pending.fail(refusal, null);
        else wake();
        return pending.future();
    }

    private Reason enqueue(Pending<?> pending) {
        synchronized (queue) {
            if (closed) return Reason.CLOSED;
            if (queue.size() >= limits.queued()) return Reason.QUEUE_FULL;
            queue.add(pending);
            return null;
        }
    }

    /// Waits until the thread has ended, except on the thread itself.
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
        }
        wakeSent.set(false);
        wake();
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

    /// At most one wake-up is under way.
    private void wake() {
        if (wakeSent.getAndSet(true)) return;
        try {
            poll.wake();
        } catch (LinuxError e) {
            throw new IllegalStateException("eventfd refuses", e);
        }
    }

    private void run() {
        Reason reason = Reason.CLOSED;
        Throwable cause = null;
        try {
            while (!isClosed()) turn();
        } catch (LinuxError | RuntimeException e) {
            reason = Reason.SOCKET;
            cause = e;
        } finally {
            end(reason, cause);
        }
    }

    private boolean isClosed() {
        synchronized (queue) {
            return closed;
        }
    }

    private void turn() throws LinuxError {
        boolean readable = poll.await(conversation.millisToDeadline(System.nanoTime()));
        wakeSent.set(false);
        if (readable) receiveAll();
        conversation.expire(System.nanoTime());
        sendQueued();
    }

    private void receiveAll() throws LinuxError {
        while (true) {
            switch (datagrams.receive(socket, conversation::handle)) {
                case NOTHING -> {
                    return;
                }
                case MESSAGES -> {}
                case LOST -> conversation.overrun();
            }
        }
    }

    private void sendQueued() throws LinuxError {
        for (List<Pending<?>> next = takeBatch(); !next.isEmpty(); next = takeBatch()) {
            batch.clear();
            for (Pending<?> pending : next) conversation.begin(pending, batch, System.nanoTime());
            int usedBytes = batch.position();
            try {
                socket.send(batch.flip());
            } catch (LinuxError e) {
                if (!e.is(Errno.ENOBUFS)) throw e;
                conversation.overrun();
            } finally {
                batch.clear().put(new byte[usedBytes]);
            }
            receiveAll();
        }
    }

    /// Changes first, so that a dump sees those that were asked for before it.
    private List<Pending<?>> takeBatch() {
        var taken = new ArrayList<Pending<?>>();
        int roomBytes = BATCH_BYTES - KernelRequest.MAX_BYTES;
        synchronized (queue) {
            while (!queue.isEmpty()
                    && taken.size() < BATCH_MESSAGES
                    && taken.size() + conversation.size() < limits.inFlight()
                    && queue.peek().sizeBytes() <= roomBytes) {
                Pending<?> pending = queue.remove();
                if (pending.isDump()) conversation.queueDump(pending);
                else {
                    taken.add(pending);
                    roomBytes -= pending.sizeBytes();
                }
            }
        }
        Pending<?> dump = conversation.nextDump();
        if (dump != null) taken.add(dump);
        return taken;
    }

    private void end(Reason reason, Throwable cause) {
        List<Pending<?>> waiting;
        synchronized (queue) {
            closed = true;
            waiting = new ArrayList<>(queue);
            queue.clear();
        }
        conversation.failAll(reason, cause);
        waiting.forEach(pending -> pending.fail(reason, cause));
        try {
            poll.close();
            socket.close();
        } catch (LinuxError e) {
            throw new IllegalStateException("close refuses", e);
        }
    }
}
