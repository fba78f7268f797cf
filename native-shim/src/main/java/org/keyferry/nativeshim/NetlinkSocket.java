package org.keyferry.nativeshim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/// A non-blocking netlink socket that talks to the kernel. One thread owns it.
public final class NetlinkSocket implements AutoCloseable {
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int SOCKADDR_NL_BYTES = 12;
    private static final int PORT_ID_OFFSET = 4;
    private static final byte[] KERNEL = sockaddr();

    private final int fd;
    private final int portId;
    private final byte[] sender = new byte[SOCKADDR_NL_BYTES];
    private boolean closed;

    private NetlinkSocket(int fd) throws LinuxError {
        this.fd = fd;
        Libc.bind(fd, sockaddr());
        this.portId = portIdOf(Libc.getsockname(fd, SOCKADDR_NL_BYTES));
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    }

    /// Opens and binds a socket in the calling thread's network namespace, with extended
    /// acknowledgements that do not repeat the request.
    ///
    /// @param protocol such as 0 for `NETLINK_ROUTE`
    public static NetlinkSocket open(int protocol) throws LinuxError {
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int fd = Libc.socket(Libc.AF_NETLINK, type, protocol);
        try {
            return new NetlinkSocket(fd);
        } catch (LinuxError e) {
            Libc.close(fd);
            throw e;
        }
    }

    public int fd() {
        return fd;
    }

    /// The kernel's name for this socket, unsigned.
    public int portId() {
        return portId;
    }

    /// Subscribes to a multicast group, 1 to 31 and beyond.
    public void join(int group) throws LinuxError {
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    }

    /// Dumps obey filters, and requests with fields that the kernel does not know are refused.
    public void checkStrictly() throws LinuxError {
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    }

    /// Asks for a receive buffer beyond the system's limit, or up to the limit without the right.
    public void receiveBufferBytes(int bytes) throws LinuxError {
        try {
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, bytes);
        } catch (LinuxError e) {
            if (!e.is(Errno.EPERM)) throw e;
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, bytes);
        }
    }

    /// Sends what remains in a direct buffer as one datagram, which may hold several messages.
    public void send(ByteBuffer messages) throws LinuxError {
        int sent = Libc.sendto(fd, messages, 0, KERNEL);
        if (sent != messages.remaining()) throw new LinuxError("sendto", Errno.EMSGSIZE);
    }

    /// Receives one datagram of the kernel into a direct buffer, from position 0 on; datagrams of
    /// other processes are dropped.
    ///
    /// @return the datagram's true length, more than the capacity if its end was cut off; empty if
    ///   there is none
    public OptionalInt receive(ByteBuffer datagram) throws LinuxError {
        datagram.clear();
        while (true) {
            var length = Libc.recvfrom(fd, datagram, Libc.MSG_TRUNC, sender);
            if (length.isEmpty()) return OptionalInt.empty();
            if (portIdOf(sender) == 0) return OptionalInt.of(length.get());
        }
    }

    /// Closes the descriptor; a second call does nothing.
    @Override
    public void close() throws LinuxError {
        if (closed) return;
        closed = true;
        Libc.close(fd);
    }

    /// `struct sockaddr_nl` of the kernel, or of a socket that lets the kernel choose its port id.
    private static byte[] sockaddr() {
        return ByteBuffer.allocate(SOCKADDR_NL_BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Libc.AF_NETLINK)
                .array();
    }

    private static int portIdOf(byte[] sockaddr) {
        return ByteBuffer.wrap(sockaddr).order(ByteOrder.nativeOrder()).getInt(PORT_ID_OFFSET);
    }
}
