package org.keyferry.nativeshim;

/// Lets one thread wait for a descriptor while any other can wake it, for new work or to end.
public final class WakeablePoll implements AutoCloseable {
    private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;
    private static final int COUNTER_BYTES = 8;

    private final int watched;
    private final int wakeUp;
    private boolean closed;

    /// @param watched stays the caller's to close
    public WakeablePoll(int watched) throws LinuxError {
        this.watched = watched;
        this.wakeUp = Libc.eventfd(EFD_NONBLOCK_CLOEXEC);
    }

    /// Waits for the descriptor, for [#wake] or for the time to pass; wake-ups are used up.
    ///
    /// @param timeoutMillis -1 for no limit
    /// @return whether the descriptor has something to read or to report
    public boolean await(int timeoutMillis) throws LinuxError {
        boolean[] ready = Libc.poll(timeoutMillis, watched, wakeUp);
        if (ready[1]) Libc.read(wakeUp, new byte[COUNTER_BYTES]);
        return ready[0];
    }

    /// Ends the current or the next [#await]. From any thread; nothing happens after [#close].
    public synchronized void wake() throws LinuxError {
        if (closed) return;
        byte[] one = new byte[COUNTER_BYTES];
        one[0] = 1;
        one[COUNTER_BYTES - 1] = 1; // non-zero in either byte order
        Libc.write(wakeUp, one);
    }

    /// By the waiting thread, when it is done.
    @Override
    public synchronized void close() throws LinuxError {
        if (closed) return;
        closed = true;
        Libc.close(wakeUp);
    }
}
