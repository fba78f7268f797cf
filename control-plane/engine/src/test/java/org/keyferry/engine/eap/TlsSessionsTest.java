package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.tls.ResumableSession;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.eap.TlsSessions.Kept;
import org.keyferry.engine.eap.TlsSessions.Terms;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

class TlsSessionsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LIFETIME = Duration.ofHours(8);
    private static final Identification CAROL = Identification.parse("carol");
    private static final Identification DAVE = Identification.parse("dave");
    private static final Identification MOON = Identification.parse("moon");

    private final TlsSessions sessions = new TlsSessions();

    private static ResumableSession session(int id) {
        byte[] master = new byte[48];
        master[0] = 1;
        return new ResumableSession(
                Bytes.ofU32(id), 0x0303, 0xc02c, List.of(), Secret.owned(master));
    }

    private static Terms terms(boolean server, String connection, Identification client) {
        return new Terms(
                server,
                connection,
                EapType.TLS,
                client,
                MOON,
                new AuthRound(AuthMethod.EAP, MOON),
                new AuthRound(AuthMethod.EAP, client),
                EapOptions.DEFAULT.tls(),
                EapOptions.DEFAULT.limits());
    }

    private static final Terms SERVERS = terms(true, "office", CAROL);
    private static final Terms CLIENTS = terms(false, "office", CAROL);

    private ResumableSession keep(int id, Terms terms, Instant since) {
        ResumableSession session = session(id);
        sessions.keep(new Kept(session, terms, Optional.empty(), since), LIFETIME, since);
        return session;
    }

    private Optional<Kept> take(int id, Terms terms, Instant now) {
        return sessions.take(Bytes.ofU32(id), terms, LIFETIME, now);
    }

    private static void assertWiped(ResumableSession session) {
        assertArrayEquals(new byte[48], session.master().array());
    }

    @Test
    void aSessionIsForOneUse() {
        ResumableSession session = keep(7, SERVERS, NOW);
        assertEquals(Optional.empty(), take(8, SERVERS, NOW));
        assertEquals(session, take(7, SERVERS, NOW).orElseThrow().session());
        assertEquals(1, session.master().array()[0]);
        assertEquals(Optional.empty(), take(7, SERVERS, NOW));
    }

    @Test
    void onlyTheLatestOfAClientIsKept() {
        ResumableSession first = keep(1, CLIENTS, NOW);
        ResumableSession second = keep(2, CLIENTS, NOW);
        assertWiped(first);
        assertEquals(1, sessions.size());
        var taken = sessions.take(CLIENTS, LIFETIME, NOW).orElseThrow();
        assertEquals(second, taken.session());
        assertEquals(Optional.empty(), sessions.take(CLIENTS, LIFETIME, NOW));
        sessions.keep(taken, LIFETIME, NOW);
        sessions.keep(taken, LIFETIME, NOW);
        assertEquals(1, second.master().array()[0], "what is kept again stays");
    }

    @Test
    void aServersSessionIsNoClients() {
        keep(1, SERVERS, NOW);
        assertEquals(Optional.empty(), sessions.take(CLIENTS, LIFETIME, NOW));
        assertEquals(1, sessions.size());
    }

    @Test
    void whatIsNotAskedForIsWiped() {
        var options = EapOptions.DEFAULT;
        List<Terms> others =
                List.of(
                        terms(true, "home", CAROL),
                        terms(true, "office", DAVE),
                        new Terms(
                                true,
                                "office",
                                EapType.TTLS,
                                CAROL,
                                MOON,
                                SERVERS.own(),
                                SERVERS.peer(),
                                options.tls(),
                                options.limits()),
                        new Terms(
                                true,
                                "office",
                                EapType.TLS,
                                CAROL,
                                DAVE,
                                SERVERS.own(),
                                SERVERS.peer(),
                                options.tls(),
                                options.limits()));
        for (Terms other : others) {
            ResumableSession session = keep(1, SERVERS, NOW);
            assertEquals(Optional.empty(), take(1, other, NOW));
            assertWiped(session);
            assertEquals(0, sessions.size());
        }
    }

    @Test
    void whatIsTooOldIsWiped() {
        ResumableSession session = keep(1, SERVERS, NOW);
        assertEquals(Optional.empty(), take(1, SERVERS, NOW.plus(LIFETIME)));
        assertWiped(session);
        keep(1, SERVERS, NOW);
        assertEquals(Optional.empty(), take(1, SERVERS, NOW.minusSeconds(1)), "a clock set back");
        session = keep(1, SERVERS, NOW);
        keep(2, SERVERS, NOW.plus(LIFETIME));
        assertWiped(session);
        assertEquals(1, sessions.size());
    }

    @Test
    void thereAreNotEndlesslyMany() {
        ResumableSession oldest = keep(0, SERVERS, NOW);
        for (int i = 1; i <= TlsSessions.MOST; i++) {
            keep(i, SERVERS, NOW);
        }
        assertEquals(TlsSessions.MOST, sessions.size());
        assertWiped(oldest);
        assertTrue(take(1, SERVERS, NOW).isPresent());
    }

    @Test
    void aConnectionTakesItsSessionsAlong() {
        ResumableSession session = keep(1, SERVERS, NOW);
        sessions.retain(Configuration.empty());
        assertWiped(session);
        assertEquals(0, sessions.size());
    }

    private static SharedSecret secret(String text) {
        return new SharedSecret(
                "eap-1",
                SharedSecret.Kind.EAP,
                SecretText.owned(Bytes.utf8(text).toArray()),
                List.of());
    }

    @Test
    void passwordsAreComparedWithoutBeingKept() {
        ResumableSession session = session(1);
        var inner = TlsSessions.Inner.of(CAROL, List.of(secret("one"), secret("two")), session);
        assertTrue(inner.holds(List.of(secret("one"), secret("two")), session));
        assertFalse(inner.holds(List.of(secret("one")), session));
        assertFalse(inner.holds(List.of(secret("onetwo")), session));
        assertFalse(inner.holds(List.of(), session));
        assertFalse(inner.holds(List.of(secret("two"), secret("one")), session));
    }
}
