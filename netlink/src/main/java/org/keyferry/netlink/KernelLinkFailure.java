package org.keyferry.netlink;

/// The way to the kernel failed; whether the request was carried out is not known.
public final class KernelLinkFailure extends NetlinkException {
    private static final long serialVersionUID = 1L;

    /// What happened to the link or to this request on it.
    public enum Reason {
        /// The link was closed, before or while the request waited.
        CLOSED,
        /// No answer came in time.
        TIMEOUT,
        /// The receive buffer ran over, answers are lost. Dump and compare.
        OVERRUN,
        /// Too many requests wait already; this one was not sent.
        QUEUE_FULL,
        /// A dump changed under the reader every time it was repeated.
        UNSTABLE_DUMP,
        /// A system call on the socket failed; the cause says which.
        SOCKET
    }

    private final Reason reason;

    public KernelLinkFailure(Reason reason, String request, Throwable cause) {
        super(request + ": " + reason, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
