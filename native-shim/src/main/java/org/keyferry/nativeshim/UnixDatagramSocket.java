package org.keyferry.nativeshim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/// Sends datagrams to Unix sockets, which the JDK cannot. The receiver is looked up anew for each,
/// so that one that was restarted is found again. One thread at a time.
public final class UnixDatagramSocket implements AutoCloseable {
    private static final int PATH_BYTES = 108;
    private static final int SEND_BUFFER_BYTES = 8 << 20;

    private final int fd;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(4_096);
    private boolean closed;

    private UnixDatagramSocket(int fd) {
        this.fd = fd;
    }

    /// @param patience how long to wait for a receiver whose queue is full
    public static UnixDatagramSocket open(Duration patience) throws LinuxError {
        int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        try {
            byte[] timeval =
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.nativeOrder())
                            .putLong(patience.toSeconds())
                            .putLong(patience.toNanosPart() / 1_000)
                            .array();
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, timeval);
            sendBufferBytes(fd);
            return new UnixDatagramSocket(fd);
        } catch (LinuxError e) {
            Libc.close(fd);
            throw e;
        }
    }

    /// A datagram must fit into the buffer; the system's limit holds for whoever may not pass it.
    private static void sendBufferBytes(int fd) throws LinuxError {
        try {
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, SEND_BUFFER_BYTES);
        } catch (LinuxError e) {
            if (!e.is(Errno.EPERM)) throw e;
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, SEND_BUFFER_BYTES);
        }
    }

    /// @param receiver as [#address] takes it
    /// @throws LinuxError among others `ENOENT` or `ECONNREFUSED` if nobody receives there,
    ///   `EAGAIN` after the patience, `EMSGSIZE`
    public void send(byte[] datagram, String receiver) throws LinuxError {
        if (buffer.capacity() < datagram.length)
            buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(datagram.length) << 1);
        buffer.clear().put(datagram).flip();
        Libc.sendto(fd, buffer, 0, address(receiver));
    }

    /// `struct sockaddr_un` of a file, or with a leading `@` of an abstract name.
    ///
    /// @throws IllegalArgumentException if it is longer than such an address may be
    public static byte[] address(String name) {
        byte[] path = name.getBytes(UTF_8);
        boolean isAbstract = name.startsWith("@");
        int bytes = path.length + (isAbstract ? 0 : 1); // a path ends with a zero
        if (path.length == 0 || bytes > PATH_BYTES)
            throw new IllegalArgumentException("no name of a Unix socket: '" + name + "'");
        if (isAbstract) path[0] = 0;
        return ByteBuffer.allocate(Short.BYTES + bytes)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Libc.AF_UNIX)
                .put(path)
                .array();
    }

    /// Closes the descriptor; a second call does nothing.
    @Override
    public void close() throws LinuxError {
        if (closed) return;
        closed = true;
        Libc.close(fd);
    }
}
