package org.keyferry.netlink;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// One question to the kernel and how to read what it answers.
///
/// @param flags `NLM_F_*` beside `NLM_F_REQUEST`; either `NLM_F_DUMP` or `NLM_F_ACK` is among them
/// @param body writes what follows the header, at most [#MAX_BYTES]; called once per sending
/// @param answer reads each message that comes back before the acknowledgement
/// @param description for errors and logs; never key material
public record KernelRequest<T>(
        int type,
        int flags,
        Consumer<ByteBuffer> body,
        AnswerDecoder<T> answer,
        String description) {
    /// Longest message, header included.
    public static final int MAX_BYTES = 8_192;

    /// Reads one message of the answer; the body is gone afterwards.
    @FunctionalInterface
    public interface AnswerDecoder<T> {
        T decode(NetlinkMessage message) throws MalformedKernelMessage;
    }

    /// A change or a single look-up, acknowledged.
    public static <T> KernelRequest<T> acknowledged(
            int type,
            int flags,
            Consumer<ByteBuffer> body,
            AnswerDecoder<T> answer,
            String description) {
        int all = flags | NetlinkMessage.ACK;
        return new KernelRequest<>(type, all, body, answer, description);
    }

    /// All objects of a kind.
    public static <T> KernelRequest<T> dump(
            int type, Consumer<ByteBuffer> body, AnswerDecoder<T> answer, String description) {
        return new KernelRequest<>(type, NetlinkMessage.DUMP, body, answer, description);
    }

    public boolean isDump() {
        return (flags & NetlinkMessage.DUMP) == NetlinkMessage.DUMP
                && (flags & NetlinkMessage.ACK) == 0;
    }
}
