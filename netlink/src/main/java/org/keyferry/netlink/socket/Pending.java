package org.keyferry.netlink.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.keyferry.netlink.KernelLinkFailure;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkException;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.xfrm.XfrmState;

/// One request from its encoding to its completion. After construction only the link's thread
/// touches it.
final class Pending<T> {
    private final KernelRequest<T> request;
    private final CompletableFuture<List<T>> future = new CompletableFuture<>();
    private final List<T> answers = new ArrayList<>();

    /// Empty once sent, as it may hold keys.
    private byte[] body;

    private MalformedKernelMessage malformed;
    private boolean interrupted;
    private int timesSent;
    private long deadlineNanos;

    Pending(KernelRequest<T> request) {
        this.request = request;
        this.body = encode(request);
    }

    private static byte[] encode(KernelRequest<?> request) {
        ByteBuffer scratch =
                ByteBuffer.allocate(KernelRequest.MAX_BYTES - NetlinkMessage.HEADER_BYTES)
                        .order(ByteOrder.nativeOrder());
        try {
            request.body().accept(scratch);
            return Arrays.copyOf(scratch.array(), scratch.position());
        } finally {
            Arrays.fill(scratch.array(), 0, scratch.position(), (byte) 0);
        }
    }

    CompletableFuture<List<T>> future() {
        return future;
    }

    boolean isDump() {
        return request.isDump();
    }

    int timesSent() {
        return timesSent;
    }

    /// Bytes in the batch at most.
    int sizeBytes() {
        return NetlinkMessage.HEADER_BYTES + body.length + Integer.BYTES;
    }

    /// Appends the message to a batch; the copy here is wiped unless the dump may be repeated.
    void put(ByteBuffer batch, int sequence) {
        int flags = request.flags() | NetlinkMessage.REQUEST;
        NetlinkMessage.put(batch, request.type(), flags, sequence, out -> out.put(body));
        timesSent++;
        if (!isDump()) wipe();
    }

    void deadlineNanos(long nanos) {
        deadlineNanos = nanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /// Reads one message of the answer.
    void answer(NetlinkMessage message) {
        noteFlags(message);
        if (malformed != null) return;
        try {
            answers.add(request.answer().decode(message));
        } catch (MalformedKernelMessage e) {
            malformed = e;
        }
    }

    void noteFlags(NetlinkMessage message) {
        interrupted |= (message.flags() & NetlinkMessage.DUMP_INTERRUPTED) != 0;
    }

    boolean wasInterrupted() {
        return interrupted;
    }

    /// Forgets the answers so far, to be sent again.
    void startOver() {
        interrupted = false;
        malformed = null;
        discardAnswers();
    }

    void complete() {
        if (malformed != null) fail(malformed);
        else future.complete(List.copyOf(answers));
        wipe();
    }

    void fail(KernelLinkFailure.Reason reason, Throwable cause) {
        fail(new KernelLinkFailure(reason, request.description(), cause));
    }

    void fail(NetlinkException failure) {
        discardAnswers();
        wipe();
        future.completeExceptionally(failure);
    }

    String description() {
        return request.description();
    }

    /// Answers that nobody will see may hold keys.
    private void discardAnswers() {
        for (T answer : answers) {
            if (answer instanceof XfrmState state) state.close();
        }
        answers.clear();
    }

    private void wipe() {
        Arrays.fill(body, (byte) 0);
        body = new byte[0];
    }
}
