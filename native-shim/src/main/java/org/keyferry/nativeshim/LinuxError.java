package org.keyferry.nativeshim;

import java.io.IOException;

/// A system call that answered with an `errno`.
public final class LinuxError extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    public LinuxError(String call, int errno) {
        super(call + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ")");
        this.call = call;
        this.errno = errno;
    }

    /// The call that failed, with what tells it apart, such as `setsockopt(SOL_SOCKET, 33)`.
    public String call() {
        return call;
    }

    /// Positive, as in `errno.h`.
    public int errno() {
        return errno;
    }

    /// The symbol of `errno.h`, such as `EPERM`.
    public String errnoName() {
        return Errno.name(errno);
    }

    /// The C library's text, such as `Operation not permitted`.
    public String errnoText() {
        return Errno.text(errno);
    }

    public boolean is(int wantedErrno) {
        return errno == wantedErrno;
    }
}
