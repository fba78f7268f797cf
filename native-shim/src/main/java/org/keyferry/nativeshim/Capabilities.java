package org.keyferry.nativeshim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The calling thread's capabilities, as sets of bits. Linux keeps them for each thread; a thread
/// starts with those of the one that started it.
public final class Capabilities {
    public static final long CHOWN = 1L;
    public static final long SETPCAP = 1L << 8;
    public static final long NET_BIND_SERVICE = 1L << 10;
    public static final long NET_ADMIN = 1L << 12;
    public static final long NET_RAW = 1L << 13;

    private static final int VERSION_3 = 0x20080522;
    private static final int SETS_BYTES = 24; // effective, permitted, inheritable; low words first
    private static final int PERMITTED = 4;
    private static final int HIGH_WORDS = 12;

    private Capabilities() {}

    /// What the calling thread may make use of.
    public static long permitted() throws LinuxError {
        ByteBuffer sets = inHostOrder(get());
        long low = Integer.toUnsignedLong(sets.getInt(PERMITTED));
        return low | (long) sets.getInt(HIGH_WORDS + PERMITTED) << 32;
    }

    /// Gives up all others, for good, for the calling thread and those that it starts from now on.
    public static void keepOnly(long kept) throws LinuxError {
        byte[] bytes = get();
        ByteBuffer sets = inHostOrder(bytes);
        for (int at = 0; at < SETS_BYTES; at += Integer.BYTES) {
            int mask = (int) (at < HIGH_WORDS ? kept : kept >>> 32);
            sets.putInt(at, sets.getInt(at) & mask);
        }
        if (LibC.C.capset(header(), bytes) < 0) throw new LinuxError("capset", LibC.lastErrno());
    }

    private static byte[] get() throws LinuxError {
        byte[] sets = new byte[SETS_BYTES];
        if (LibC.C.capget(header(), sets) < 0) throw new LinuxError("capget", LibC.lastErrno());
        return sets;
    }

    private static ByteBuffer inHostOrder(byte[] sets) {
        return ByteBuffer.wrap(sets).order(ByteOrder.nativeOrder());
    }

    /// Of the calling thread.
    private static byte[] header() {
        return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putInt(VERSION_3).array();
    }
}
