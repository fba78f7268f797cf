package org.keyferry.engine.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.settings.model.FragmentSizes;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Violation;

class FragmentsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int IDI = 35;
    private static final Optional<Fragments.Whole> NOT_YET = Optional.empty();

    private final Fragments fragments = new Fragments(new FragmentSizes(1_280, 1_280, 100));
    private int opened;

    private static IkeHeader header(boolean response, int messageId) {
        return new IkeHeader(
                new IkeSpi(1),
                new IkeSpi(2),
                EncryptedFragment.TYPE,
                2,
                0,
                ExchangeType.IKE_AUTH,
                true,
                response,
                messageId,
                0);
    }

    private Optional<Fragments.Whole> take(
            boolean response, int messageId, int number, int total, String text, Instant now)
            throws PeerViolation {
        var fragment = new EncryptedFragment(number == 1 ? IDI : 0, number, total, Bytes.EMPTY);
        return fragments.take(
                header(response, messageId),
                fragment,
                now,
                () -> {
                    opened++;
                    return Bytes.utf8(text);
                });
    }

    private Optional<Fragments.Whole> take(int number, int total, String text)
            throws PeerViolation {
        return take(false, 1, number, total, text, NOON);
    }

    private static Optional<Fragments.Whole> whole(String text) {
        return Optional.of(new Fragments.Whole(IDI, Bytes.utf8(text)));
    }

    @Test
    void anyOrderAndCopiesMakeOneMessage() throws PeerViolation {
        assertEquals(NOT_YET, take(3, 3, "c"));
        assertEquals(NOT_YET, take(1, 3, "a"));
        assertEquals(NOT_YET, take(3, 3, "other"), "what is there stays");
        assertEquals(2, opened, "a copy is not even decrypted");
        assertEquals(whole("abc"), take(2, 3, "b"));
        assertEquals(0, fragments.heldBytes());
        assertEquals(Instant.MAX, fragments.expiry());
    }

    @Test
    void smallerFragmentsBeginAnewAndLargerOnesAreLate() throws PeerViolation {
        take(1, 2, "old");
        assertEquals(NOT_YET, take(2, 3, "b"));
        assertEquals(NOT_YET, take(2, 2, "old"), "RFC 7383 2.6: fewer in all than known");
        take(1, 3, "a");
        assertEquals(whole("abc"), take(3, 3, "c"));
    }

    @Test
    void directionsAndMessagesStayApart() throws PeerViolation {
        take(false, 1, 1, 2, "a", NOON);
        take(true, 1, 1, 2, "x", NOON);
        assertEquals(whole("ab"), take(false, 1, 2, 2, "b", NOON));
        assertEquals(NOT_YET, take(true, 2, 2, 2, "y", NOON), "another message takes the place");
        assertEquals(NOT_YET, take(true, 1, 2, 2, "y", NOON));
    }

    @Test
    void aForgedFragmentChangesNothing() throws PeerViolation {
        take(1, 2, "a");
        var forged = new EncryptedFragment(0, 2, 200, Bytes.EMPTY);
        assertThrows(
                PeerViolation.class,
                () ->
                        fragments.take(
                                header(false, 1),
                                forged,
                                NOON,
                                () -> {
                                    throw new PeerViolation(new Violation.IntegrityFailed());
                                }));
        assertEquals(whole("ab"), take(2, 2, "b"));
    }

    @Test
    void moreThanMaxPacketIsNotKept() throws PeerViolation {
        take(1, 3, "x".repeat(60));
        assertEquals(60, fragments.heldBytes());
        assertEquals(NOT_YET, take(2, 3, "y".repeat(41)));
        assertEquals(0, fragments.heldBytes());
        assertEquals(NOT_YET, take(1, 256, "a"), "more than 255 are none of ours");
        assertEquals(0, fragments.heldBytes());
    }

    @Test
    void partsDoNotWaitForEver() throws PeerViolation {
        take(1, 2, "a");
        Instant expiry = fragments.expiry();
        assertEquals(Duration.ofSeconds(30), Duration.between(NOON, expiry));
        fragments.expire(expiry.minusMillis(1));
        assertEquals(1, fragments.heldBytes());
        assertEquals(NOT_YET, take(false, 1, 2, 2, "b", expiry), "too late for the first");
        fragments.expire(expiry.plusSeconds(30));
        assertEquals(0, fragments.heldBytes());
    }

    /// What is left of the packet: IP 20 or 40 bytes, UDP 8, non-ESP marker 4.
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, false, 1252",
        "192.0.2.1, true, 1248",
        "2001:db8::1, false, 1352",
        "2001:db8::1, true, 1348"
    })
    void sizesCountTheHeaders(String local, boolean marked, int expected) {
        var sizes = new FragmentSizes(1_280, 1_400);
        assertEquals(expected, Fragments.largestDatagram(sizes, IpAddress.parse(local), marked));
    }

    @Test
    void absurdSizesStillCarryTheLongestMessage() {
        int bytes = Fragments.largestDatagram(new FragmentSizes(1, 1), IpAddress.ANY_V4, true);
        assertEquals(Fragments.SMALLEST_BYTES, bytes);
    }
}
