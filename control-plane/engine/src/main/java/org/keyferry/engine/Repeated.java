package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;

/// What a flood would say in the log thousands of times in a second: once a minute it is loud, with
/// how often it was quiet before.
final class Repeated {
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int LOUD_LEVEL = 1;
    private static final int QUIET_LEVEL = 2;

    private Instant loudAgain = Instant.MIN;
    private long quiet;
    private String before = "";

    /// Level of what is about to be logged.
    int level(Instant now) {
        if (now.isBefore(loudAgain)) {
            quiet++;
            before = "";
            return QUIET_LEVEL;
        }
        before = quiet == 0 ? "" : ", as " + quiet + " more since this was last told";
        quiet = 0;
        loudAgain = now.plus(QUIET);
        return LOUD_LEVEL;
    }

    /// What belongs at its end.
    String before() {
        return before;
    }
}
