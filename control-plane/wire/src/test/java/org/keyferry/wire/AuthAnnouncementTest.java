package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The three forms of RFC 9593 §3.2, with an AlgorithmIdentifier of RFC 7427, appendix A.3.2.
class AuthAnnouncementTest {
    private static final Bytes ECDSA_SHA256 = Bytes.ofHex("300a06082a8648ce3d040302");

    private static final List<AuthAnnouncement> ALL =
            List.of(
                    AuthAnnouncement.plain(AuthAnnouncement.SHARED_KEY),
                    AuthAnnouncement.linked(1, 7),
                    AuthAnnouncement.signature(2, ECDSA_SHA256),
                    AuthAnnouncement.plain(AuthAnnouncement.NULL));

    private static final Bytes ENCODED =
            Bytes.ofHex("0202" + "030107" + "0f0e02300a06082a8648ce3d040302" + "020d");

    @Test
    void theThreeFormsAreWrittenAndRead() throws Exception {
        assertEquals(ENCODED, AuthAnnouncement.encode(ALL));
        assertEquals(ALL, AuthAnnouncement.decode(ENCODED));
        assertEquals(List.of(), AuthAnnouncement.decode(Bytes.EMPTY));
    }

    @ParameterizedTest
    @CsvSource({
        "00, malformed announcement length at byte 0",
        "01, malformed announcement length at byte 0",
        "020200, malformed announcement length at byte 2",
        "02, malformed announced method at byte 1",
        "0301, malformed announcement at byte 2",
        "0202030e, malformed announcement at byte 4",
        "0202ff0e00, malformed announcement at byte 4",
    })
    void lengthsAreWatched(String hex, String reason) {
        var refused =
                assertThrows(PeerViolation.class, () -> AuthAnnouncement.decode(Bytes.ofHex(hex)));
        assertEquals(reason, refused.violation().toString());
    }

    /// Those that nobody knows, and known methods in another form (§3.2).
    @ParameterizedTest
    @CsvSource({"02ff", "03ff00", "0aff0011223344556677", "0201", "030200", "040100aa", "030e00"})
    void whatMeansNothingIsPassedOver(String hex) throws Exception {
        assertEquals(
                List.of(AuthAnnouncement.plain(AuthAnnouncement.SHARED_KEY)),
                AuthAnnouncement.decode(Bytes.ofHex(hex + "0202")));
    }

    @Test
    void aListWithoutEndIsCutShort() throws Exception {
        assertEquals(255, AuthAnnouncement.decode(Bytes.ofHex("0202".repeat(30_000))).size());
    }
}
