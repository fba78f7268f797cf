package org.keyferry.engine.sa;

import java.time.Duration;

/// How it stands with the TCP connection of an IKE_SA (RFC 9329), which only the side opens that
/// sent the very first IKE_SA_INIT request.
public final class Stream {
    private static final int LONGEST_WAIT_SECONDS = 30;

    private boolean opening;
    private boolean lost;
    private boolean handedOver;
    private int refusals;

    /// One was asked for, and the answer is not there yet.
    public boolean isOpening() {
        return opening;
    }

    public void asked() {
        opening = true;
    }

    /// The one that the SA uses is broken.
    public boolean isLost() {
        return lost;
    }

    public void lost() {
        lost = true;
    }

    /// One of its own.
    public void opened() {
        opening = false;
        lost = false;
        handedOver = false;
        refusals = 0;
    }

    public void refused() {
        opening = false;
        refusals++;
    }

    /// Another IKE_SA has it now, or the one that this was to be in the place of.
    public void handOver() {
        handedOver = true;
    }

    public boolean isHandedOver() {
        return handedOver;
    }

    /// How long to wait after a refusal: 1, 2, 4 and so on up to 30 seconds.
    public Duration pause() {
        return Duration.ofSeconds(
                Math.min(LONGEST_WAIT_SECONDS, 1L << Math.min(refusals - 1, LONGEST_WAIT_SECONDS)));
    }
}
