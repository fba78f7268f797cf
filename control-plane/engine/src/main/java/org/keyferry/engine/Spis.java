package org.keyferry.engine;

import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import org.keyferry.settings.model.SpiLabel;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// Our IKE SPIs carry the shard's number in their top byte, so that any thread can tell whose
/// datagram it holds. The other 56 bits are random.
public final class Spis {
    private static final int SHARD_SHIFT = 56;
    private static final long RANDOM_BITS = (1L << SHARD_SHIFT) - 1;
    public static final int MAX_SHARDS = 256;

    /// Of the bits that a label leaves: so many that SPIs stay unpredictable.
    private static final int FEWEST_RANDOM_BITS = 32;

    /// @param label see [#admits]
    static IkeSpi draw(int shard, SpiLabel label, RandomGenerator random, LongPredicate taken) {
        long spi;
        do {
            spi = ((long) shard << SHARD_SHIFT) | (random.nextLong() & RANDOM_BITS);
            spi = label.applyTo(spi);
        } while ((spi & RANDOM_BITS) == 0 || taken.test(spi));
        return new IkeSpi(spi);
    }

    /// Whether SPIs can carry a label: enough bits must stay random, and those that tell the shard
    /// free, unless there is only one.
    public static boolean admits(SpiLabel label, int shards) {
        return Long.bitCount(~label.mask() & RANDOM_BITS) >= FEWEST_RANDOM_BITS
                && (shards == 1 || (label.mask() & ~RANDOM_BITS) == 0);
    }

    /// The shard that a message is for. A new peer goes to the shard of its address, so that limits
    /// per address need no other shard.
    public static int shardOf(IkeHeader header, IpAddress remote, int shards) {
        IkeSpi own = header.fromInitiator() ? header.responderSpi() : header.initiatorSpi();
        return own.equals(IkeSpi.ZERO) ? shardOf(remote, shards) : shardOf(own, shards);
    }

    public static int shardOf(IkeSpi own, int shards) {
        return (int) (own.value() >>> SHARD_SHIFT) % shards;
    }

    public static int shardOf(IpAddress remote, int shards) {
        return Math.floorMod(remote.hashCode() * 0x9e3779b9, shards);
    }

    private Spis() {}
}
