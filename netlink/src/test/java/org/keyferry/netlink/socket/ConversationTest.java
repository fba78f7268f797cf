package org.keyferry.netlink.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.Captured;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.KernelLinkFailure;
import org.keyferry.netlink.KernelLinkFailure.Reason;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.Mutations;
import org.keyferry.netlink.NetlinkMessage;

/// Plays the kernel with hand-made datagrams.
class ConversationTest {
    private static final int ANSWER = 99;
    private static final long START_NANOS = 1_000;
    private static final long MILLI_NANOS = 1_000_000;

    private final Conversation conversation = new Conversation(Duration.ofMillis(100));
    private final ByteBuffer batch = ByteBuffer.allocate(64 << 10);
    private final ByteBuffer kernel = ByteBuffer.allocate(64 << 10).order(ByteOrder.nativeOrder());

    @Test
    void answersReachTheirRequestsInAnyOrder() throws Exception {
        var first = begin(change("first"));
        var second = begin(change("second"));
        List<NetlinkMessage> sent = NetlinkMessage.split(batch.duplicate().flip());
        assertEquals(List.of(1, 2), sent.stream().map(NetlinkMessage::sequence).toList());
        assertEquals(5, sent.getFirst().flags(), "REQUEST and ACK");
        answer(2, 0, 22);
        acknowledge(2);
        acknowledge(1);
        hear();
        assertEquals(List.of(22), second.future().get());
        assertEquals(List.of(), first.future().get());
        assertEquals(0, conversation.size());
    }

    @Test
    void aDumpMayEndInTheDatagramOfItsLastObject() throws Exception {
        var dump = beginDump();
        answer(1, NetlinkMessage.MULTI, 7);
        answer(1, NetlinkMessage.MULTI, 8);
        done(1, NetlinkMessage.MULTI);
        hear();
        assertEquals(List.of(7, 8), dump.future().get());
    }

    @Test
    void anInterruptedDumpIsRepeatedUntilItIsWhole() throws Exception {
        var dump = beginDump();
        answer(1, NetlinkMessage.MULTI | NetlinkMessage.DUMP_INTERRUPTED, 7);
        done(1, NetlinkMessage.MULTI);
        hear();
        assertFalse(dump.future().isDone());
        conversation.begin(conversation.nextDump(), batch, START_NANOS);
        answer(1, NetlinkMessage.MULTI, 13); // of the first attempt, too late
        answer(2, NetlinkMessage.MULTI, 8);
        done(2, NetlinkMessage.MULTI);
        hear();
        assertEquals(List.of(8), dump.future().get());
    }

    @Test
    void aDumpThatNeverIsWholeFails() throws Exception {
        var dump = beginDump();
        for (int attempt = 1; !dump.future().isDone(); attempt++) {
            done(attempt, NetlinkMessage.DUMP_INTERRUPTED);
            hear();
            Pending<?> next = conversation.nextDump();
            if (next != null) conversation.begin(next, batch, START_NANOS);
            assertTrue(attempt < 20, "bounded");
        }
        assertEquals(Reason.UNSTABLE_DUMP, reasonOf(dump));
    }

    @Test
    void dumpsWaitForEachOther() throws Exception {
        var first = beginDump();
        conversation.queueDump(dump());
        assertNull(conversation.nextDump());
        done(1, 0);
        hear();
        assertTrue(first.future().isDone());
        assertEquals("list things", conversation.nextDump().description());
    }

    @Test
    void theEndOfADumpMayTellAnErrorInTheKernelsWords() throws Exception {
        var dump = beginDump();
        ByteBuffer text = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        text.putShort((short) 8).putShort((short) 1).put("bad\0".getBytes(US_ASCII));
        NetlinkMessage.put(
                kernel,
                NetlinkMessage.DONE,
                NetlinkMessage.ACK_ATTRIBUTES,
                1,
                out -> out.putInt(-22).put(text.flip()));
        hear();
        KernelError error = errorOf(dump);
        assertEquals("list things: EINVAL (bad)", error.getMessage());
    }

    @Test
    void theKernelsOwnWordsAreKept() throws Exception {
        Acknowledgement policy = Acknowledgement.ofError(Captured.message("extack.ack.1"));
        KernelError refused = policy.toError("add policy");
        assertEquals(
                "add policy: EINVAL (Mode in optional template not allowed in outbound policy)",
                refused.getMessage());
        KernelError route = Acknowledgement.ofError(Captured.message("extack2.ack.1")).toError("r");
        assertEquals("ENETUNREACH", route.errnoName());
        assertEquals("Nexthop has invalid gateway", route.text());
        assertEquals(0, Acknowledgement.ofError(Captured.message("add_gcm.ack.1")).errno());
        assertEquals(0, Acknowledgement.ofDone(Captured.message("dump.done.1")).errno());
    }

    @Test
    void aRefusalThatRepeatsTheRequestIsRead() throws Exception {
        var change = begin(change("change"));
        NetlinkMessage.put(
                kernel,
                NetlinkMessage.ERROR,
                NetlinkMessage.ACK_ATTRIBUTES,
                1,
                out -> {
                    out.putInt(-17).putInt(20).putShort((short) 1).putShort((short) 0);
                    out.putInt(1).putInt(0).putInt(0xabcd); // header and body of the request
                    out.putShort((short) 8).putShort((short) 2).putInt(16); // offset attribute
                });
        hear();
        assertEquals("File exists, attribute at byte 16", errorOf(change).text());
    }

    @Test
    void anOverrunFailsChangesAndLeavesTheDumpAlone() throws Exception {
        var dump = beginDump();
        var change = begin(change("change"));
        conversation.overrun();
        assertEquals(Reason.OVERRUN, reasonOf(change));
        acknowledge(2); // late
        answer(1, 0, 5);
        done(1, 0);
        hear();
        assertEquals(List.of(5), dump.future().get());
    }

    @Test
    void whatIsNotAnsweredInTimeFails() throws Exception {
        var change = begin(change("change"));
        assertEquals(101, conversation.millisToDeadline(START_NANOS));
        conversation.expire(START_NANOS + 99 * MILLI_NANOS);
        assertFalse(change.future().isDone());
        conversation.expire(START_NANOS + 100 * MILLI_NANOS);
        assertEquals(Reason.TIMEOUT, reasonOf(change));
        assertEquals(-1, conversation.millisToDeadline(START_NANOS));
    }

    @Test
    void anAnswerThatCannotBeReadFailsOnlyItsRequest() throws Exception {
        var first = begin(change("first"));
        var second = begin(change("second"));
        NetlinkMessage.put(kernel, ANSWER, 0, 1, out -> out.put((byte) 1));
        acknowledge(1);
        acknowledge(2);
        hear();
        var failure = assertThrows(ExecutionException.class, () -> first.future().get());
        assertInstanceOf(MalformedKernelMessage.class, failure.getCause());
        assertEquals(List.of(), second.future().get());
    }

    @Test
    void damagedAcknowledgementsAreRefusedAndNothingElseHappens() {
        int refused =
                Mutations.run(
                        3,
                        500,
                        message -> {
                            if (message.type() == NetlinkMessage.DONE)
                                Acknowledgement.ofDone(message);
                            else Acknowledgement.ofError(message);
                        });
        assertTrue(refused > 500, Integer.toString(refused));
        int cut =
                Mutations.run(
                        4,
                        500,
                        message -> NetlinkMessage.split(ByteBuffer.wrap(message.body().rest())));
        assertTrue(cut > 500, Integer.toString(cut));
    }

    private Pending<Integer> begin(KernelRequest<Integer> request) {
        var pending = new Pending<>(request);
        conversation.begin(pending, batch, START_NANOS);
        return pending;
    }

    private Pending<Integer> beginDump() {
        Pending<Integer> pending = dump();
        conversation.queueDump(pending);
        conversation.begin(conversation.nextDump(), batch, START_NANOS);
        return pending;
    }

    private static Pending<Integer> dump() {
        return new Pending<>(
                KernelRequest.dump(1, _ -> {}, m -> m.body().u32("number"), "list things"));
    }

    private static KernelRequest<Integer> change(String name) {
        return KernelRequest.acknowledged(
                1, 0, out -> out.putInt(1), m -> m.body().u32("number"), name);
    }

    private void answer(int sequence, int flags, int number) {
        NetlinkMessage.put(kernel, ANSWER, flags, sequence, out -> out.putInt(number));
    }

    private void acknowledge(int sequence) {
        NetlinkMessage.put(
                kernel,
                NetlinkMessage.ERROR,
                NetlinkMessage.CAPPED,
                sequence,
                out -> out.put(new byte[20]));
    }

    private void done(int sequence, int flags) {
        NetlinkMessage.put(kernel, NetlinkMessage.DONE, flags, sequence, out -> out.putInt(0));
    }

    private void hear() throws MalformedKernelMessage {
        NetlinkMessage.split(kernel.flip()).forEach(conversation::handle);
        kernel.clear();
    }

    private static Reason reasonOf(Pending<?> pending) {
        var failure = assertThrows(ExecutionException.class, () -> pending.future().get());
        return assertInstanceOf(KernelLinkFailure.class, failure.getCause()).reason();
    }

    private static KernelError errorOf(Pending<?> pending) {
        var failure = assertThrows(ExecutionException.class, () -> pending.future().get());
        return assertInstanceOf(KernelError.class, failure.getCause());
    }
}
