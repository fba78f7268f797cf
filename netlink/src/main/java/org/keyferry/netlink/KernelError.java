package org.keyferry.netlink;

/// The kernel refused a request (`struct nlmsgerr`).
public final class KernelError extends NetlinkException {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String errnoName;
    private final String text;
    private final String request;

    /// Takes the parts as the kernel gave them.
    ///
    /// @param errno positive
    /// @param errnoName such as `ESRCH`
    /// @param text the kernel's own words (extended ACK) or else the C library's for `errno`
    /// @param request what was asked, without key material
    public KernelError(int errno, String errnoName, String text, String request) {
        super(request + ": " + errnoName + " (" + text + ")", null);
        this.errno = errno;
        this.errnoName = errnoName;
        this.text = text;
        this.request = request;
    }

    public int errno() {
        return errno;
    }

    public String errnoName() {
        return errnoName;
    }

    public String text() {
        return text;
    }

    public String request() {
        return request;
    }

    public boolean is(int wantedErrno) {
        return errno == wantedErrno;
    }
}
