package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

class TicketKeysTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final byte[] SK_D = {1, 2, 3, 4};

    private final SplittableRandom random = new SplittableRandom(7);
    private final TicketKeys keys = new TicketKeys();

    private static Session session(Optional<Identification> eap, Instant reauthAt) {
        return new Session(
                reauthAt,
                "b\u00fcro",
                Bytes.ofHex("c0ffee"),
                Identification.parse("C=CH, O=Keyferry, CN=moon"),
                Identification.parse("carol@keyferry.test"),
                eap,
                true,
                new Proposal(
                        1,
                        ProtocolId.IKE,
                        Bytes.EMPTY,
                        List.of(
                                new Transform(TransformType.ENCR, 20, 256),
                                Transform.of(TransformType.PRF, 7),
                                Transform.of(TransformType.KE, 31),
                                Transform.of(6, 36))),
                Secret.copyOf(SK_D));
    }

    private static Session session() {
        return session(Optional.empty(), Instant.MAX);
    }

    private TicketKeys.Sealed sealed(Instant now) {
        return keys.seal(session(), now.plus(TicketKeys.LIFETIME), now, random);
    }

    @Test
    void whatIsSealedComesBack() {
        for (Session each :
                List.of(
                        session(),
                        session(Optional.of(Identification.parse("carol")), NOW.plusSeconds(90)))) {
            var sealed = keys.seal(each, NOW.plusSeconds(60), NOW, random);
            var opened = keys.open(sealed.opaque(), NOW).orElseThrow();
            assertEquals(sealed.id(), opened.id());
            assertEquals(NOW.plusSeconds(60), opened.expires());
            Session back = opened.session();
            assertEquals(each.reauthAt(), back.reauthAt());
            assertEquals(each.connection(), back.connection());
            assertEquals(each.fingerprint(), back.fingerprint());
            assertEquals(each.localId(), back.localId());
            assertEquals(each.remoteId(), back.remoteId());
            assertEquals(each.eapIdentity(), back.eapIdentity());
            assertTrue(back.ppk());
            assertEquals(each.proposal(), back.proposal());
            assertArrayEquals(SK_D, back.skD().array());
        }
    }

    @Test
    void theTicketShowsNothing() {
        String hex = sealed(NOW).opaque().hex();
        assertFalse(hex.contains(Bytes.utf8("carol").hex()));
        assertFalse(hex.contains(Bytes.of(SK_D).hex()));
        assertNotEquals(sealed(NOW).opaque(), sealed(NOW).opaque());
    }

    @Test
    void aTicketExpires() {
        Bytes ticket = sealed(NOW).opaque();
        Instant end = NOW.plus(TicketKeys.LIFETIME);
        assertTrue(keys.open(ticket, end.minusSeconds(1)).isPresent());
        assertTrue(keys.open(ticket, end).isEmpty());
    }

    @Test
    void aTicketIsUsedOnce() {
        var ticket = sealed(NOW);
        assertTrue(keys.use(ticket.id(), ticket.expires(), NOW));
        assertFalse(keys.use(ticket.id(), ticket.expires(), NOW));
        assertTrue(keys.open(ticket.opaque(), NOW).isEmpty());
        assertTrue(keys.open(sealed(NOW).opaque(), NOW).isPresent());
    }

    /// A key seals for four hours; twelve hours after it was made nobody has it any more.
    @Test
    void keysChangeAndGo() {
        var kept = new ArrayList<List<TicketKeys.Key>>();
        keys.kept(List.of(), kept::add);
        Bytes first = sealed(NOW).opaque();
        sealed(NOW.plus(Duration.ofMinutes(239)));
        assertEquals(1, kept.size());
        Instant later = NOW.plus(TicketKeys.SEALS_FOR);
        sealed(later);
        assertEquals(List.of(1, 2), kept.getLast().stream().map(TicketKeys.Key::id).toList());
        assertNotEquals(kept.getLast().getFirst().key(), kept.getLast().getLast().key());
        assertTrue(keys.open(first, later).isPresent());
        sealed(NOW.plus(Duration.ofHours(8)));
        sealed(NOW.plus(Duration.ofHours(12)));
        assertEquals(List.of(2, 3, 4), kept.getLast().stream().map(TicketKeys.Key::id).toList());
        var restarted = new TicketKeys();
        restarted.kept(kept.getFirst(), _ -> {});
        assertTrue(restarted.open(first, later).isPresent());
        assertTrue(new TicketKeys().open(first, later).isEmpty());
    }
}
