package org.keyferry.daemon;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.keyferry.nativeshim.Libc;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.UnixDatagramSocket;

/// The other end of a Unix datagram socket: a syslog, a journal or a service manager.
public final class DatagramReceiver implements AutoCloseable {
    private static final int LIMIT_MILLIS = 60_000;
    private final int fd;

    private DatagramReceiver(int fd) {
        this.fd = fd;
    }

    /// @param address a path, or an abstract name with a leading `@`
    public static DatagramReceiver bind(String address) throws LinuxError {
        int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        Libc.bind(fd, UnixDatagramSocket.address(address));
        return new DatagramReceiver(fd);
    }

    public byte[] nextBytes() throws LinuxError {
        if (!Libc.poll(LIMIT_MILLIS, fd)[0]) {
            throw new AssertionError("no datagram came");
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        int length = Libc.recvfrom(fd, buffer, 0, new byte[110]).orElseThrow();
        byte[] datagram = new byte[length];
        buffer.get(datagram);
        return datagram;
    }

    public String next() throws LinuxError {
        return new String(nextBytes(), StandardCharsets.UTF_8);
    }

    public boolean isEmpty() throws LinuxError {
        return !Libc.poll(0, fd)[0];
    }

    @Override
    public void close() throws LinuxError {
        Libc.close(fd);
    }
}
