package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_lifetime_cfg`: when a state or policy should be replaced (soft) and ends (hard).
///
/// Bytes and packets are unsigned, [#NO_LIMIT] if unlimited. Seconds count from adding or from the
/// first use, 0 if unlimited.
public record XfrmLifetime(
        long softLimitBytes,
        long hardLimitBytes,
        long softLimitPackets,
        long hardLimitPackets,
        long softAddSeconds,
        long hardAddSeconds,
        long softUseSeconds,
        long hardUseSeconds) {
    static final int BYTES = 64;

    /// `XFRM_INF`.
    public static final long NO_LIMIT = -1;

    public static final XfrmLifetime UNLIMITED =
            new XfrmLifetime(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, 0, 0, 0, 0);

    /// Unlimited but for the time since adding.
    public static XfrmLifetime ofSeconds(long softAddSeconds, long hardAddSeconds) {
        return new XfrmLifetime(
                NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, softAddSeconds, hardAddSeconds, 0, 0);
    }

    void encode(ByteBuffer out) {
        out.putLong(softLimitBytes).putLong(hardLimitBytes);
        out.putLong(softLimitPackets).putLong(hardLimitPackets);
        out.putLong(softAddSeconds).putLong(hardAddSeconds);
        out.putLong(softUseSeconds).putLong(hardUseSeconds);
    }

    static XfrmLifetime decode(StructReader in) throws MalformedKernelMessage {
        return new XfrmLifetime(
                in.u64("soft_byte_limit"),
                in.u64("hard_byte_limit"),
                in.u64("soft_packet_limit"),
                in.u64("hard_packet_limit"),
                in.u64("soft_add_expires_seconds"),
                in.u64("hard_add_expires_seconds"),
                in.u64("soft_use_expires_seconds"),
                in.u64("hard_use_expires_seconds"));
    }
}
