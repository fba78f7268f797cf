package org.keyferry.daemon.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.engine.Event.Group;

class LineFormatTest {
    private static final ZoneId UTC = ZoneOffset.UTC;
    private static final Instant AT = Instant.parse("2026-11-03T04:05:06.789012Z");
    private static final LogLine OF_SA =
            new LogLine(Group.IKE, 1, 7, "gw", 3, "initiating IKE_SA gw[3] to 192.0.2.1");
    private static final LogLine OF_DAEMON = new LogLine(Group.CFG, 0, 0, "", 0, "loaded");

    @Test
    void standardOutputHasTimeThreadGroupAndSa() {
        assertEquals(
                "04:05:06.789 07[IKE] <gw|3> initiating IKE_SA gw[3] to 192.0.2.1\n",
                LineFormat.STANDARD.print(OF_SA, AT, UTC));
        assertEquals(
                "04:05:06.789 00[CFG] loaded\n", LineFormat.STANDARD.print(OF_DAEMON, AT, UTC));
    }

    @Test
    void aFileHasOnlyWhatItAsksFor() {
        assertEquals(
                "07[IKE] initiating IKE_SA gw[3] to 192.0.2.1\n",
                new LineFormat(Optional.empty(), false, false).print(OF_SA, AT, UTC));
        assertEquals(
                "07[IKE1] <gw|3> initiating IKE_SA gw[3] to 192.0.2.1\n",
                new LineFormat(Optional.empty(), true, true).print(OF_SA, AT, UTC));
    }

    @Test
    void eachLineOfAMessageBeginsAlike() {
        assertEquals(
                "00[DMN] one\n00[DMN] two\n",
                new LineFormat(Optional.empty(), true, false)
                        .print(new LogLine(Group.DMN, 1, 0, "", 0, "one\ntwo"), AT, UTC));
    }

    /// Against what `TZ=UTC date -d @1793678706 +FORMAT` prints.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    %b %e %T          | Nov  3 04:05:06
                    %Y-%m-%d %H:%M:%S | 2026-11-03 04:05:06
                    %F %R             | 2026-11-03 04:05
                    %a %d %B %y %j    | Tue 03 November 26 307
                    %s                | 1793678706
                    100%%             | 100%
                    [%I %p]           | [04 AM]
                    %z                | +0000
                    """)
    void timesAreThoseOfStrftime(String format, String text) {
        assertEquals(text, new StrfTime(format, 0).print(AT, UTC));
    }

    @Test
    void fractionsFollowTheTime() {
        assertEquals("04:05:06.789", new StrfTime("%T", 3).print(AT, UTC));
        assertEquals("04:05:06.789012", new StrfTime("%T", 6).print(AT, UTC));
    }
}
