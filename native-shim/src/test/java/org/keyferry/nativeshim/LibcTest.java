package org.keyferry.nativeshim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LibcTest {
    private static final int IPPROTO_UDP = 17;
    private static final int UDP_ENCAP = 100;
    private static final int UDP_ENCAP_ESPINUDP = 2;

    @Test
    void aDatagramCrossesLoopback() throws Exception {
        int receiver = udp();
        int sender = udp();
        Libc.bind(receiver, loopback(0));
        byte[] address = Libc.getsockname(receiver, 16);
        ByteBuffer data = ByteBuffer.allocateDirect(5).put(new byte[] {1, 2, 3, 4, 5}).flip();
        assertEquals(5, Libc.sendto(sender, data, 0, address));
        assertTrue(Libc.poll(1_000, receiver)[0]);
        ByteBuffer received = ByteBuffer.allocateDirect(3);
        byte[] from = new byte[16];
        assertEquals(Optional.of(5), Libc.recvfrom(receiver, received, Libc.MSG_TRUNC, from));
        byte[] start = new byte[3];
        received.get(start);
        assertArrayEquals(new byte[] {1, 2, 3}, start);
        assertEquals(Libc.AF_INET, from[0]);
        assertEquals(Optional.empty(), Libc.recvfrom(receiver, received.clear(), 0, from));
        assertFalse(Libc.poll(0, receiver)[0]);
        Libc.close(receiver);
        Libc.close(sender);
    }

    /// A filter sees a datagram from the UDP header on.
    @Test
    void aFilterLetsIn() throws Exception {
        int receiver = udp();
        int sender = udp();
        Libc.attachFilter(
                receiver,
                0x0030_0000_0000_0008L, // the first byte
                0x0015_0001_0000_0007L, // is 7
                0x0006_0000_0000_ffffL, // whole
                0x0006_0000_0000_0000L); // or not at all
        Libc.bind(receiver, loopback(0));
        byte[] address = Libc.getsockname(receiver, 16);
        for (byte first : new byte[] {6, 7}) {
            ByteBuffer data = ByteBuffer.allocateDirect(2).put(first).put(first).flip();
            assertEquals(2, Libc.sendto(sender, data, 0, address));
        }
        assertTrue(Libc.poll(1_000, receiver)[0]);
        ByteBuffer received = ByteBuffer.allocateDirect(9);
        assertEquals(Optional.of(2), Libc.recvfrom(receiver, received, 0, new byte[16]));
        assertEquals(7, received.get(0));
        assertEquals(Optional.empty(), Libc.recvfrom(receiver, received, 0, new byte[16]));
        Libc.close(receiver);
        Libc.close(sender);
    }

    @Test
    void optionsAreReadBackAsSet() throws Exception {
        int fd = udp();
        Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, 65_536);
        assertEquals(131_072, Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF));
        Libc.setsockopt(fd, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP);
        assertEquals(UDP_ENCAP_ESPINUDP, Libc.getsockopt(fd, IPPROTO_UDP, UDP_ENCAP));
        Libc.close(fd);
    }

    @Test
    void failuresNameTheCallAndTheErrno() {
        var badFd = assertThrows(LinuxError.class, () -> Libc.setsockopt(-1, 1, 8, 1));
        assertEquals("setsockopt(1, 8): EBADF (Bad file descriptor)", badFd.getMessage());
        var refused = assertThrows(LinuxError.class, () -> Libc.open("/nonexistent", 0));
        assertEquals("ENOENT", refused.errnoName());
        assertEquals(Errno.ENOENT, refused.errno());
        assertEquals("open(/nonexistent)", refused.call());
        assertEquals("No such file or directory", refused.errnoText());
        assertThrows(LinuxError.class, () -> Libc.connect(-1, loopback(9)));
        assertThrows(LinuxError.class, () -> Libc.getsockname(-1, 16));
    }

    @Test
    void interfacesHaveNamesAndIndexes() throws Exception {
        assertEquals("lo", Libc.ifIndexToName(Libc.ifNameToIndex("lo")));
        var unknown = assertThrows(LinuxError.class, () -> Libc.ifNameToIndex("nosuch0"));
        assertEquals(Errno.ENODEV, unknown.errno());
        assertThrows(LinuxError.class, () -> Libc.ifIndexToName(999_999));
    }

    @Test
    void everyErrnoWithATextHasAName() {
        assertEquals("EOPNOTSUPP", Errno.name(95));
        assertEquals("EPROTONOSUPPORT", Errno.name(93));
        assertEquals("errno 4095", Errno.name(4095));
        assertEquals("Operation not supported", Errno.text(524));
        for (int errno = 1; errno <= 133; errno++) {
            boolean known = !Errno.text(errno).startsWith("Unknown error");
            assertEquals(known, Errno.name(errno).startsWith("E"), Errno.name(errno));
        }
    }

    private static int udp() throws LinuxError {
        return Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK, 0);
    }

    private static byte[] loopback(int port) {
        ByteBuffer address = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        address.putShort((short) Libc.AF_INET).order(ByteOrder.BIG_ENDIAN);
        return address.putShort((short) port).put(new byte[] {127, 0, 0, 1}).array();
    }
}
