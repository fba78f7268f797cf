package org.keyferry.netlink;

/// Bytes from the kernel, or from who plays the kernel, that do not follow its own rules.
public final class MalformedKernelMessage extends NetlinkException {
    private static final long serialVersionUID = 1L;

    /// A field that is cut off or too long.
    public MalformedKernelMessage(String field, int wantedBytes, int presentBytes) {
        super(field + ": wants " + wantedBytes + " bytes of " + presentBytes, null);
    }

    /// A field with a value outside its range.
    public MalformedKernelMessage(String field, long value) {
        super(field + ": " + value, null);
    }

    /// Junk stays cheap.
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
