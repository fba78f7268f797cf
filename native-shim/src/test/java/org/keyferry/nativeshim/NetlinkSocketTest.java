package org.keyferry.nativeshim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NetlinkSocketTest {
    private static final int NETLINK_ROUTE = 0;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int NLMSG_ERROR = 2;
    private static final int NLM_F_REQUEST = 1;
    private static final int HEADER_BYTES = 16;
    private static final int IFINFOMSG_BYTES = 16;

    @Test
    void theKernelAnswersALinkQuery() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE)) {
            assertNotEquals(0, socket.portId());
            ByteBuffer answer = ask(socket, Libc.ifNameToIndex("lo"));
            assertEquals(RTM_NEWLINK, answer.getShort(4));
            assertEquals(7, answer.getInt(8));
            assertEquals(socket.portId(), answer.getInt(12));
            assertTrue(socket.receive(ByteBuffer.allocateDirect(16)).isEmpty());
        }
    }

    @Test
    void anErrorCarriesTheErrnoAndNotTheRequest() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE)) {
            ByteBuffer answer = ask(socket, 999_999);
            assertEquals(NLMSG_ERROR, answer.getShort(4));
            assertEquals(-Errno.ENODEV, answer.getInt(16));
            int capped = answer.getShort(6) & 0x100;
            assertNotEquals(0, capped);
        }
    }

    @Test
    void aCutOffDatagramTellsItsTrueLength() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE)) {
            socket.send(getLink(Libc.ifNameToIndex("lo")));
            assertTrue(Libc.poll(1_000, socket.fd())[0]);
            assertTrue(socket.receive(ByteBuffer.allocateDirect(32)).orElseThrow() > 200);
        }
    }

    @Test
    void optionsAndGroupsAreAccepted() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE)) {
            socket.join(1);
            socket.checkStrictly();
            socket.receiveBufferBytes(1 << 16);
            int granted = Libc.getsockopt(socket.fd(), Libc.SOL_SOCKET, Libc.SO_RCVBUF);
            assertEquals(1 << 17, granted);
            var refused = assertThrows(LinuxError.class, () -> socket.join(1_000_000));
            assertEquals(Errno.EINVAL, refused.errno());
        }
    }

    @Test
    void anUnknownProtocolIsRefusedByName() {
        var refused = assertThrows(LinuxError.class, () -> NetlinkSocket.open(31));
        assertEquals("EPROTONOSUPPORT", refused.errnoName());
        assertEquals("socket", refused.call());
    }

    @Test
    void aWaitingThreadIsWoken() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE);
                var poll = new WakeablePoll(socket.fd())) {
            poll.wake();
            poll.wake();
            assertFalse(poll.await(-1), "woken, nothing to read");
            var waiter =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return poll.await(-1);
                                } catch (LinuxError e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            poll.wake();
            assertFalse(waiter.get(5, TimeUnit.SECONDS));
            socket.send(getLink(Libc.ifNameToIndex("lo")));
            assertTrue(poll.await(1_000));
            assertTrue(poll.await(0), "still there until it is read");
        }
    }

    private static ByteBuffer ask(NetlinkSocket socket, int linkIndex) throws LinuxError {
        socket.send(getLink(linkIndex));
        assertTrue(Libc.poll(1_000, socket.fd())[0]);
        ByteBuffer answer = ByteBuffer.allocateDirect(32_768).order(ByteOrder.nativeOrder());
        int length = socket.receive(answer).orElseThrow();
        assertTrue(length >= HEADER_BYTES);
        return answer;
    }

    private static ByteBuffer getLink(int linkIndex) {
        ByteBuffer request =
                ByteBuffer.allocateDirect(HEADER_BYTES + IFINFOMSG_BYTES)
                        .order(ByteOrder.nativeOrder());
        request.putInt(request.capacity())
                .putShort((short) RTM_GETLINK)
                .putShort((short) NLM_F_REQUEST)
                .putInt(7)
                .putInt(0);
        return request.putInt(0).putInt(linkIndex).putInt(0).putInt(0).flip();
    }
}
