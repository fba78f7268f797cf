package org.keyferry.netlink.socket;

import java.time.Duration;

/// What a request socket bears.
///
/// @param timeout without any answer to a request
/// @param inFlight requests that the kernel has and has not answered
/// @param queued requests that wait to be sent
/// @param receiveBufferBytes asked of the kernel; 0 for what it gives by default
public record LinkLimits(Duration timeout, int inFlight, int queued, int receiveBufferBytes) {
    public static final LinkLimits DEFAULT =
            new LinkLimits(Duration.ofSeconds(10), 256, 100_000, 8 << 20);
}
