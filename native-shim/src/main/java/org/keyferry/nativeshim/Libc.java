package org.keyferry.nativeshim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/// The system calls themselves, on plain descriptors. Calls that a signal interrupts are repeated.
///
/// Socket addresses and option values are the kernel's structs as bytes, in host byte order where
/// the struct says so.
public final class Libc {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int AF_PACKET = 17;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_BROADCAST = 6;
    public static final int SO_RCVBUF = 8;
    public static final int SO_SNDBUF = 7;
    public static final int SO_SNDTIMEO = 21;
    public static final int SO_BINDTODEVICE = 25;
    public static final int SO_ATTACH_FILTER = 26;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int MSG_TRUNC = 0x20;
    public static final int POLLIN = 1;
    public static final int CLONE_NEWNET = 0x40000000;
    public static final int O_RDONLY_CLOEXEC = 0x80000;

    private static final int POLLFD_BYTES = 8;
    private static final int IF_NAME_BYTES = 16;

    private Libc() {}

    public static int socket(int domain, int type, int protocol) throws LinuxError {
        return checked("socket", LibC.C.socket(domain, type, protocol));
    }

    public static void bind(int fd, byte[] address) throws LinuxError {
        checked("bind", LibC.C.bind(fd, address, address.length));
    }

    public static void connect(int fd, byte[] address) throws LinuxError {
        checked("connect", LibC.C.connect(fd, address, address.length));
    }

    /// The socket's own address, at most `maxBytes` of it.
    public static byte[] getsockname(int fd, int maxBytes) throws LinuxError {
        byte[] address = new byte[maxBytes];
        int[] length = {maxBytes};
        checked("getsockname", LibC.C.getsockname(fd, address, length));
        return Arrays.copyOf(address, Math.min(maxBytes, length[0]));
    }

    /// Sends what remains in `data`, a direct buffer, as one datagram; its position stays.
    ///
    /// @return bytes sent
    public static int sendto(int fd, ByteBuffer data, int flags, byte[] address) throws LinuxError {
        requireDirect(data);
        long sent;
        do {
            sent = LibC.C.sendto(fd, data, data.remaining(), flags, address, address.length);
        } while (sent < 0 && LibC.lastErrno() == Errno.EINTR);
        return checked("sendto", (int) sent);
    }

    /// Receives one datagram at the position of `data`, a direct buffer, which stays.
    ///
    /// @param sender filled with the sender's address as far as it fits
    /// @return the datagram's length, with [#MSG_TRUNC] its true one; empty if a non-blocking
    ///   socket has none
    public static Optional<Integer> recvfrom(int fd, ByteBuffer data, int flags, byte[] sender)
            throws LinuxError {
        requireDirect(data);
        int[] senderBytes = {sender.length};
        while (true) {
            long length = LibC.C.recvfrom(fd, data, data.remaining(), flags, sender, senderBytes);
            if (length >= 0) return Optional.of((int) length);
            int errno = LibC.lastErrno();
            if (errno == Errno.EAGAIN) return Optional.empty();
            if (errno != Errno.EINTR) throw new LinuxError("recvfrom", errno);
        }
    }

    /// Works on any descriptor, also on one that another library opened.
    public static void setsockopt(int fd, int level, int name, byte[] value) throws LinuxError {
        checked(
                "setsockopt(%d, %d)".formatted(level, name),
                LibC.C.setsockopt(fd, level, name, value, value.length));
    }

    /// For the many options that are one C `int`.
    public static void setsockopt(int fd, int level, int name, int value) throws LinuxError {
        setsockopt(fd, level, name, nativeInt(value));
    }

    /// Lets only those datagrams into a socket for which a program of the classic BPF returns
    /// something else than 0.
    ///
    /// @param program each instruction is `struct sock_filter` in one number: code, jump if true,
    ///   jump if false, operand, the first in the highest 16 bits
    public static void attachFilter(int fd, long... program) throws LinuxError {
        Pointer instructions =
                Memory.allocateDirect(Runtime.getRuntime(LibC.C), program.length * Long.BYTES);
        for (int i = 0; i < program.length; i++) {
            long at = (long) i * Long.BYTES;
            instructions.putShort(at, (short) (program[i] >>> 48));
            instructions.putByte(at + 2, (byte) (program[i] >>> 40));
            instructions.putByte(at + 3, (byte) (program[i] >>> 32));
            instructions.putInt(at + 4, (int) program[i]);
        }
        byte[] fprog =
                ByteBuffer.allocate(2 * Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) program.length)
                        .putLong(Long.BYTES, instructions.address())
                        .array();
        try {
            setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, fprog);
        } finally {
            Reference.reachabilityFence(instructions);
        }
    }

    /// An option's value, at most `maxBytes` of it.
    public static byte[] getsockopt(int fd, int level, int name, int maxBytes) throws LinuxError {
        byte[] value = new byte[maxBytes];
        int[] length = {maxBytes};
        checked(
                "getsockopt(%d, %d)".formatted(level, name),
                LibC.C.getsockopt(fd, level, name, value, length));
        return Arrays.copyOf(value, Math.min(maxBytes, length[0]));
    }

    /// For the many options that are one C `int`.
    public static int getsockopt(int fd, int level, int name) throws LinuxError {
        return ByteBuffer.wrap(getsockopt(fd, level, name, Integer.BYTES))
                .order(ByteOrder.nativeOrder())
                .getInt();
    }

    /// Waits until a descriptor has something to read or to report.
    ///
    /// @param timeoutMillis -1 for no limit
    /// @return one entry per descriptor: true if it is readable, closed or in error
    public static boolean[] poll(int timeoutMillis, int... fds) throws LinuxError {
        ByteBuffer set =
                ByteBuffer.allocate(fds.length * POLLFD_BYTES).order(ByteOrder.nativeOrder());
        for (int fd : fds) set.putInt(fd).putShort((short) POLLIN).putShort((short) 0);
        int ready = LibC.C.poll(set.array(), fds.length, timeoutMillis);
        boolean interrupted = ready < 0 && LibC.lastErrno() == Errno.EINTR;
        if (!interrupted) checked("poll", ready);
        boolean[] result = new boolean[fds.length];
        for (int i = 0; ready > 0 && i < fds.length; i++)
            result[i] = set.getShort(i * POLLFD_BYTES + 6) != 0;
        return result;
    }

    public static int eventfd(int flags) throws LinuxError {
        return checked("eventfd", LibC.C.eventfd(0, flags));
    }

    /// Fills `data` from a descriptor; empty if a non-blocking one has nothing.
    public static Optional<Integer> read(int fd, byte[] data) throws LinuxError {
        long length = LibC.C.read(fd, data, data.length);
        if (length < 0 && LibC.lastErrno() == Errno.EAGAIN) return Optional.empty();
        return Optional.of(checked("read", (int) length));
    }

    public static int write(int fd, byte[] data) throws LinuxError {
        return checked("write", (int) LibC.C.write(fd, data, data.length));
    }

    public static int open(String path, int flags) throws LinuxError {
        return checked("open(" + path + ")", LibC.C.open(path, flags));
    }

    public static void close(int fd) throws LinuxError {
        checked("close", LibC.C.close(fd));
    }

    /// Moves the calling thread into the namespace that `fd` refers to.
    public static void setns(int fd, int namespaceType) throws LinuxError {
        checked("setns", LibC.C.setns(fd, namespaceType));
    }

    /// Gives the calling thread namespaces of its own.
    public static void unshare(int flags) throws LinuxError {
        checked("unshare", LibC.C.unshare(flags));
    }

    /// Index of the interface in the calling thread's network namespace.
    public static int ifNameToIndex(String name) throws LinuxError {
        int index = LibC.C.if_nametoindex(name);
        if (index == 0) throw new LinuxError("if_nametoindex(" + name + ")", LibC.lastErrno());
        return index;
    }

    public static String ifIndexToName(int index) throws LinuxError {
        byte[] name = new byte[IF_NAME_BYTES];
        if (LibC.C.if_indextoname(index, name) == null)
            throw new LinuxError("if_indextoname(" + index + ")", LibC.lastErrno());
        int end = 0;
        while (end < name.length && name[end] != 0) end++;
        return new String(name, 0, end, UTF_8);
    }

    static byte[] nativeInt(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private static int checked(String call, int result) throws LinuxError {
        if (result < 0) throw new LinuxError(call, LibC.lastErrno());
        return result;
    }

    private static void requireDirect(ByteBuffer data) {
        if (!data.isDirect()) throw new IllegalArgumentException("buffer is not direct");
    }
}
