package org.keyferry.engine.eap.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.sim.GivenIdentities.Again;
import org.keyferry.engine.eap.sim.GivenIdentities.Subscriber;
import org.keyferry.engine.eap.sim.LearnedIdentities.Learned;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.Identification;

/// What is kept of logins with cards: no more than there is room for, no longer than it is good.
class SimMemoryTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant START = Instant.EPOCH;
    private static final Bytes CHALLENGE = Bytes.of(new byte[16]);
    private static final Bytes WIPED = wiped();

    private final GivenIdentities given = new GivenIdentities();
    private final LearnedIdentities learned = new LearnedIdentities();

    private static SimTerms terms(String connection) {
        var round = new AuthRound(AuthMethod.EAP, Identification.ANY);
        return new SimTerms(
                connection, EapSimMethod.AKA, Identification.parse("server.test"), round, round);
    }

    private static SimKeys keys() {
        return SimKeys.ofAka(Bytes.utf8("somebody"), CHALLENGE, CHALLENGE);
    }

    private static Bytes wiped() {
        SimKeys closed = keys();
        closed.close();
        return closed.mac(CHALLENGE);
    }

    private static boolean isWiped(SimKeys keys) {
        return keys.mac(CHALLENGE).equals(WIPED);
    }

    private static Subscriber subscriber(String name) {
        return new Subscriber(terms("office"), Bytes.utf8(name), Identification.parse(name));
    }

    private static Again again(String name, Instant since) {
        return new Again(subscriber(name), Bytes.EMPTY, keys(), 1, 16, since);
    }

    private void keep(String identity, Again again, Instant now) {
        given.keep(Bytes.utf8(identity), again, HOUR, now);
    }

    private Optional<Again> take(String identity, String connection, Instant now) {
        return given.take(Bytes.utf8(identity), terms(connection), HOUR, now);
    }

    @Test
    void anIdentityIsForOneUse() {
        keep("4a", again("joe", START), START);
        assertTrue(take("4a", "laboratory", START).isEmpty());
        Again taken = take("4a", "office", START).orElseThrow();
        assertFalse(isWiped(taken.keys()));
        assertTrue(take("4a", "office", START).isEmpty());
        assertEquals(0, given.reauths());
    }

    @Test
    void aSubscriberHasOneAtATime() {
        Again first = again("joe", START);
        keep("4a", first, START);
        keep("4b", again("joe", START), START);
        assertTrue(isWiped(first.keys()));
        assertEquals(1, given.reauths());
        assertTrue(take("4a", "office", START).isEmpty());
        assertTrue(take("4b", "office", START).isPresent());
    }

    @Test
    void whatIsTooOldIsWiped() {
        Again first = again("joe", START);
        keep("4a", first, START);
        assertTrue(take("4a", "office", START.plus(HOUR)).isEmpty());
        assertTrue(isWiped(first.keys()));
        Again second = again("joe", START);
        keep("4a", second, START);
        keep("4b", again("jane", START.plus(HOUR)), START.plus(HOUR));
        assertTrue(isWiped(second.keys()), "at the next login of anybody");
        assertEquals(1, given.reauths());
        Again fromTomorrow = again("joe", START.plus(HOUR));
        keep("4c", fromTomorrow, START.plus(HOUR));
        assertTrue(take("4c", "office", START).isEmpty(), "a clock that went back");
        assertTrue(isWiped(fromTomorrow.keys()));
    }

    @Test
    void theOldestMakesRoom() {
        Again first = again("0", START);
        keep("4-0", first, START);
        for (int i = 1; i <= GivenIdentities.MOST; i++) {
            keep("4-" + i, again("" + i, START), START);
        }
        assertEquals(GivenIdentities.MOST, given.reauths());
        assertTrue(isWiped(first.keys()));
        assertTrue(take("4-0", "office", START).isEmpty());
        assertTrue(take("4-" + GivenIdentities.MOST, "office", START).isPresent());
    }

    private Optional<Bytes> behind(String pseudonym, Instant now) {
        return given.behind(Bytes.utf8(pseudonym), terms("office"), HOUR, now)
                .map(Subscriber::permanent);
    }

    private void name(String pseudonym, String subscriber, Instant now) {
        given.keep(Bytes.utf8(pseudonym), subscriber(subscriber), Bytes.EMPTY, HOUR, now);
    }

    @Test
    void pseudonymsMakeRoomToo() {
        for (int i = 0; i <= GivenIdentities.MOST / 2; i++) {
            name("2-" + i, "" + i, START);
            name("2+" + i, "" + i, START);
        }
        assertEquals(GivenIdentities.MOST, given.pseudonyms());
        assertTrue(behind("2-0", START).isEmpty());
        assertTrue(behind("2+0", START).isEmpty());
        assertEquals(Optional.of(Bytes.utf8("1")), behind("2-1", START));
        // those of whom nothing is left are given new ones like anybody
        name("2/0", "0", START);
        assertEquals(Optional.of(Bytes.utf8("0")), behind("2/0", START));
    }

    @Test
    void pseudonymsGetOld() {
        name("2a", "joe", START);
        assertTrue(behind("2a", START.plus(HOUR).minusSeconds(1)).isPresent());
        assertTrue(behind("2a", START.plus(HOUR)).isEmpty());
        name("2b", "joe", START.plus(HOUR));
        assertEquals(1, given.pseudonyms());
        name("2c", "joe", START.plus(HOUR));
        name("2d", "joe", START.plus(HOUR));
        assertEquals(2, given.pseudonyms());
        assertTrue(behind("2b", START.plus(HOUR)).isEmpty());
    }

    /// Else one subscriber could take the room of all.
    @Test
    void anotherRealmIsNoOtherCard() {
        Bytes other = Bytes.ofU8(1);
        for (int i = 0; i < 10; i++) {
            keep("4-" + i, again("joe@" + i, START), START);
            name("2-" + i, "joe@" + i, START);
        }
        assertEquals(1, given.reauths());
        assertEquals(2, given.pseudonyms());
        assertEquals(Optional.of(Bytes.utf8("joe@8")), behind("2-8", START));
        assertEquals(Optional.of(Bytes.utf8("joe@9")), behind("2-9", START));
        keep("4-a", new Again(subscriber("joe@a"), other, keys(), 1, 16, START), START);
        given.keep(Bytes.utf8("2-a"), subscriber("joe@a"), other, HOUR, START);
        assertEquals(2, given.reauths(), "another card is");
        assertEquals(3, given.pseudonyms());
    }

    /// Of two logins at a time, the one that began first may end last.
    @Test
    void theFormerPseudonymMayOutliveTheLast() {
        name("2b", "joe", START.plusSeconds(90));
        name("2a", "joe", START);
        name("2c", "jane", START.plus(HOUR));
        assertEquals(2, given.pseudonyms());
        assertTrue(behind("2a", START.plus(HOUR)).isEmpty());
        assertTrue(behind("2b", START.plus(HOUR)).isPresent());
        name("2d", "jane", START.plus(HOUR).plusSeconds(90));
        assertEquals(2, given.pseudonyms());
        name("2e", "joe", START.plus(HOUR).plusSeconds(90));
        assertEquals(3, given.pseudonyms());
    }

    private static LearnedIdentities.Again fresh(Instant since) {
        return new LearnedIdentities.Again(Bytes.utf8("4a"), Bytes.EMPTY, keys(), 1, since);
    }

    private void learn(String name, LearnedIdentities.Again again) {
        learned.keep(
                terms("office"),
                Bytes.utf8(name),
                new Learned(Optional.empty(), Optional.of(again)));
    }

    private Optional<LearnedIdentities.Again> recall(SimTerms terms, Instant now) {
        return learned.take(terms, Bytes.utf8("joe"), HOUR, HOUR, now).again();
    }

    @Test
    void aClientWipesWhatItDrops() {
        var all = new ArrayList<LearnedIdentities.Again>();
        all.add(fresh(START));
        learn("joe", all.getLast());
        assertTrue(recall(terms("office"), START.plus(HOUR)).isEmpty());
        all.add(fresh(START));
        learn("joe", all.getLast());
        learn("joe", fresh(START));
        all.add(fresh(START));
        learn("joe", all.getLast());
        learned.forget(terms("office"), Bytes.utf8("joe"));
        all.add(fresh(START));
        learn("joe", all.getLast());
        var round = new AuthRound(AuthMethod.PSK, Identification.ANY);
        var others =
                new SimTerms(
                        "office",
                        EapSimMethod.AKA,
                        Identification.parse("server.test"),
                        round,
                        round);
        assertTrue(recall(others, START).isEmpty());
        assertEquals(
                List.of(true, true, true, true), all.stream().map(a -> isWiped(a.keys())).toList());
        assertEquals(0, learned.size());
    }

    @Test
    void aClientHasRoomForSome() {
        var first = fresh(START);
        learn("0", first);
        for (int i = 1; i <= LearnedIdentities.MOST; i++) {
            learn("" + i, fresh(START));
        }
        assertEquals(LearnedIdentities.MOST, learned.size());
        assertTrue(isWiped(first.keys()));
    }

    @ParameterizedTest
    @EnumSource
    void namesAreKnownAsOurs(EapSimMethod method) {
        var random = new SeededRandom(new byte[64]);
        Bytes pseudonym = GivenIdentities.username(method, false, random);
        Bytes reauth = GivenIdentities.username(method, true, random);
        assertNotEquals(pseudonym.u8(0), reauth.u8(0));
        Bytes permanent = Bytes.utf8("0232010000000000@sims.test");
        for (Bytes name : List.of(pseudonym, reauth)) {
            assertTrue(GivenIdentities.looksGiven(name));
            Bytes whole = GivenIdentities.withRealmOf(permanent, name);
            assertTrue(whole.utf8().endsWith("@sims.test"));
            assertTrue(GivenIdentities.looksGiven(whole));
            assertEquals(name, GivenIdentities.withRealmOf(Bytes.utf8("joe"), name));
        }
        assertFalse(GivenIdentities.looksGiven(permanent));
        assertFalse(GivenIdentities.looksGiven(Bytes.utf8("0" + pseudonym.utf8().substring(1))));
    }
}
