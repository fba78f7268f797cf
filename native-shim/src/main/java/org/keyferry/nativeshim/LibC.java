package org.keyferry.nativeshim;

import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.SaveError;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/// The C library as jnr-ffi binds it. Buffers are direct; the pointer passed is at their position.
final class LibC {
    static final Functions C = LibraryLoader.create(Functions.class).load("c");
    private static final Runtime RUNTIME = Runtime.getRuntime(C);

    private LibC() {}

    /// `errno` of the calling thread's last call through this binding.
    static int lastErrno() {
        return RUNTIME.getLastError();
    }

    /// Public only because jnr-ffi generates its implementation in another package.
    public interface Functions {
        @SaveError
        int socket(int domain, int type, int protocol);

        @SaveError
        int bind(int fd, @In byte[] address, int addressBytes);

        @SaveError
        int connect(int fd, @In byte[] address, int addressBytes);

        @SaveError
        int getsockname(int fd, @Out byte[] address, @In @Out int[] addressBytes);

        @SaveError
        @ssize_t
        long sendto(
                int fd,
                @In ByteBuffer data,
                @size_t long dataBytes,
                int flags,
                @In byte[] address,
                int addressBytes);

        @SaveError
        @ssize_t
        long recvfrom(
                int fd,
                @Out ByteBuffer data,
                @size_t long dataBytes,
                int flags,
                @Out byte[] address,
                @In @Out int[] addressBytes);

        @SaveError
        int setsockopt(int fd, int level, int name, @In byte[] value, int valueBytes);

        @SaveError
        int getsockopt(int fd, int level, int name, @Out byte[] value, @In @Out int[] valueBytes);

        @SaveError
        int poll(@In @Out byte[] descriptors, @size_t long count, int timeoutMillis);

        @SaveError
        int eventfd(int initial, int flags);

        @SaveError
        @ssize_t
        long read(int fd, @Out byte[] data, @size_t long dataBytes);

        @SaveError
        @ssize_t
        long write(int fd, @In byte[] data, @size_t long dataBytes);

        @SaveError
        int open(String path, int flags);

        @SaveError
        int close(int fd);

        @SaveError
        int setns(int fd, int namespaceType);

        @SaveError
        int unshare(int flags);

        @SaveError
        int if_nametoindex(String name);

        @SaveError
        int capget(@In byte[] header, @Out byte[] sets);

        @SaveError
        int capset(@In byte[] header, @In byte[] sets);

        @SaveError
        jnr.ffi.Pointer if_indextoname(int index, @Out byte[] name);

        String strerror(int errno);
    }
}
