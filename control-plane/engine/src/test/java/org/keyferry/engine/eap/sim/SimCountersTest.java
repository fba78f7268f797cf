package org.keyferry.engine.eap.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapMethod.Step;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.PeerViolation;

/// Somebody who has the keys of a fast re-authentication, and says something else than he should.
class SimCountersTest {
    private final SimMemory memory = new SimMemory();

    private static EapSimMessage counting(EapSimSubtype subtype, int counter) {
        return new EapSimMessage(subtype).with(EapSimAttribute.COUNTER, Bytes.ofU16(counter));
    }

    private static EapSimMessage hiding(SimKeys keys, EapSimMessage message, EapSimMessage hidden) {
        return message.with(EapSimAttribute.IV, ReauthPeers.KEY)
                .with(
                        EapSimAttribute.ENCR_DATA,
                        keys.encrypt(ReauthPeers.KEY, hidden.encodeHidden()));
    }

    private static void assertRefuses(SimServer server, Step step, String why) {
        var sent = assertInstanceOf(Step.Send.class, step);
        assertEquals(EapSimSubtype.NOTIFICATION_ROUND.number(), sent.data().u8(0));
        String notes = server.takeNotes().toString();
        assertTrue(notes.contains(why), notes);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerHasTheCounterOfItsRequest(EapSimMethod method) {
        for (int counter : new int[] {0, 2, 1}) {
            var server = ReauthPeers.server(method, memory, false);
            var request = (Step.Send) server.begin(1);
            Bytes nonce = ReauthPeers.nonce(method, request.data());
            SimKeys keys = ReauthPeers.keys(method);
            EapSimMessage answer =
                    hiding(
                            keys,
                            new EapSimMessage(EapSimSubtype.REAUTHENTICATION),
                            counting(EapSimSubtype.REAUTHENTICATION, counter));
            Bytes data = ReauthPeers.sealed(method, keys, false, 1, answer, nonce);
            Step step = server.process(1, data);
            if (counter == 1) {
                assertInstanceOf(Step.Done.class, step);
            } else {
                assertRefuses(server, step, "lacks our counter");
            }
        }
        var server = ReauthPeers.server(method, memory, false);
        var request = (Step.Send) server.begin(1);
        Bytes nonce = ReauthPeers.nonce(method, request.data());
        var bare = new EapSimMessage(EapSimSubtype.REAUTHENTICATION);
        Bytes data = ReauthPeers.sealed(method, ReauthPeers.keys(method), false, 1, bare, nonce);
        assertRefuses(server, server.process(1, data), "lacks our counter");
    }

    @ParameterizedTest
    @EnumSource
    void aConfirmationHasTheCounterToo(EapSimMethod method) {
        for (int counter : new int[] {2, 1}) {
            var server = ReauthPeers.server(method, memory, true);
            var request = (Step.Send) server.begin(1);
            Bytes nonce = ReauthPeers.nonce(method, request.data());
            SimKeys keys = ReauthPeers.keys(method);
            EapSimMessage answer =
                    hiding(
                                    keys,
                                    new EapSimMessage(EapSimSubtype.REAUTHENTICATION),
                                    counting(EapSimSubtype.REAUTHENTICATION, 1))
                            .with(EapSimAttribute.RESULT_IND);
            Bytes data = ReauthPeers.sealed(method, keys, false, 1, answer, nonce);
            assertInstanceOf(Step.Send.class, server.process(1, data));
            EapSimMessage confirmation =
                    hiding(
                            keys,
                            new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND),
                            counting(EapSimSubtype.NOTIFICATION_ROUND, counter));
            data = ReauthPeers.sealed(method, keys, false, 2, confirmation, Bytes.EMPTY);
            Step step = server.process(2, data);
            if (counter == 1) {
                assertInstanceOf(Step.Done.class, step);
            } else {
                assertInstanceOf(Step.Failed.class, step);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void successHasTheCounterToo(EapSimMethod method) {
        for (int counter : new int[] {2, 1}) {
            SimClient client = ReauthPeers.client(method, memory);
            client.nameToTell();
            SimKeys keys = ReauthPeers.keys(method);
            EapSimMessage request =
                    hiding(
                                    keys,
                                    new EapSimMessage(EapSimSubtype.REAUTHENTICATION),
                                    counting(EapSimSubtype.REAUTHENTICATION, 1)
                                            .with(EapSimAttribute.NONCE_S, ReauthPeers.KEY))
                            .with(EapSimAttribute.RESULT_IND);
            Bytes data = ReauthPeers.sealed(method, keys, true, 1, request, Bytes.EMPTY);
            assertInstanceOf(Step.Send.class, client.process(1, data));
            EapSimMessage success =
                    hiding(
                            keys,
                            new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                                    .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(0x8000)),
                            counting(EapSimSubtype.NOTIFICATION_ROUND, counter));
            data = ReauthPeers.sealed(method, keys, true, 2, success, Bytes.EMPTY);
            Step step = client.process(2, data);
            assertEquals(counter == 1, step instanceof Step.Done, step.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AKA", "AKA_PRIME"})
    void aServerSeesThatItsQuestionWasChanged(EapSimMethod method) throws PeerViolation {
        for (boolean same : new boolean[] {false, true}) {
            ReauthPeers.remember(method, memory);
            SimServer server =
                    ReauthPeers.server(
                            method, ReauthPeers.context(ReauthPeers.NAME, memory, false));
            server.begin(1);
            Bytes told =
                    new EapSimMessage(EapSimSubtype.AKA_IDENTITY)
                            .with(EapSimAttribute.IDENTITY, ReauthPeers.REAUTH)
                            .encode();
            var request = (Step.Send) server.process(1, told);
            Bytes nonce = ReauthPeers.nonce(method, request.data());
            Bytes code =
                    EapSimMessage.decode(method, true, request.data())
                            .get(EapSimAttribute.CHECKCODE)
                            .orElseThrow();
            SimKeys keys = ReauthPeers.keys(method);
            EapSimMessage answer =
                    hiding(
                                    keys,
                                    new EapSimMessage(EapSimSubtype.REAUTHENTICATION),
                                    counting(EapSimSubtype.REAUTHENTICATION, 1))
                            .with(
                                    EapSimAttribute.CHECKCODE,
                                    same ? code : Bytes.of(new byte[code.length()]));
            Step step =
                    server.process(2, ReauthPeers.sealed(method, keys, false, 2, answer, nonce));
            if (same) {
                assertInstanceOf(Step.Done.class, step);
            } else {
                assertRefuses(server, step, "somebody changed the packets");
            }
        }
    }

    /// Wherever a login ends, there is nothing left of the keys.
    @ParameterizedTest
    @EnumSource
    void aClientThatGivesUpWipesItsKeys(EapSimMethod method) {
        SimKeys closed = ReauthPeers.keys(method);
        closed.close();
        Bytes wiped = closed.mac(ReauthPeers.KEY);
        var bare = new EapSimMessage(EapSimSubtype.REAUTHENTICATION);
        Bytes unsealed = bare.with(EapSimAttribute.MAC, ReauthPeers.KEY).encode();
        for (Bytes request : new Bytes[] {Bytes.ofU8(99), unsealed}) {
            SimKeys lasting = ReauthPeers.keys(method).lasting();
            SimClient client = ReauthPeers.client(method, memory, lasting);
            client.nameToTell();
            assertInstanceOf(Step.Send.class, client.process(1, request));
            assertEquals(wiped, lasting.mac(ReauthPeers.KEY));
        }
    }

    /// A network that knows whom it challenged no longer, and never knew anybody else.
    private static final class Forgetting extends SimMemories.Silent {
        private int challenges;

        @Override
        public Optional<Bytes> standing(SimUser user) {
            return Optional.of(Bytes.ofU8(challenges));
        }

        @Override
        public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
            if (challenges++ > 0) {
                throw NoSim.unknown(user);
            }
            Bytes key = ReauthPeers.KEY;
            return new Quintuplet(key, key, Bytes.of(new byte[8]), key, key);
        }

        @Override
        public void resynchronise(SimUser user, Bytes rand, Bytes auts) {}
    }

    private static Bytes telling(String name) {
        return new EapSimMessage(EapSimSubtype.AKA_IDENTITY)
                .with(EapSimAttribute.IDENTITY, Bytes.utf8(name))
                .encode();
    }

    private static Bytes proof() {
        var proof =
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.RES, Bytes.of(new byte[8]));
        EapSimMethod method = EapSimMethod.AKA;
        return ReauthPeers.sealed(method, ReauthPeers.keys(method), false, 1, proof, Bytes.EMPTY);
    }

    private EapAkaServer forgetting() {
        EapContext context = ReauthPeers.context(ReauthPeers.NAME, memory, false);
        return EapAkaServer.aka(SimMemories.with(context, new Forgetting()));
    }

    /// Who was challenged may not go on as somebody else.
    @Test
    void aProofIsForWhoWasChallenged() {
        EapAkaServer server = forgetting();
        server.begin(1);
        server.process(1, telling(ReauthPeers.NAME.utf8()));
        Bytes stale =
                new EapSimMessage(EapSimSubtype.AKA_SYNCHRONIZATION_FAILURE)
                        .with(EapSimAttribute.AUTS, Bytes.of(new byte[14]))
                        .encode();
        server.process(1, stale);
        server.process(1, telling("boss@sims.test"));
        assertRefuses(server, server.process(1, proof()), "out of turn");
    }

    /// What changes while a challenge is made ends fast re-authentication as what changes later.
    @Test
    void aSubscriberStandsAsBeforeTheChallenge() {
        EapAkaServer server = forgetting();
        server.begin(1);
        var sent = (Step.Send) server.process(1, telling(ReauthPeers.NAME.utf8()));
        assertInstanceOf(Step.Done.class, server.process(1, proof()));
        server.confirmed();
        EapSimMethod method = EapSimMethod.AKA;
        EapContext context = ReauthPeers.context(ReauthPeers.NAME, memory, false);
        Bytes given = ReauthPeers.hidden(method, sent.data(), EapSimAttribute.NEXT_REAUTH_ID);
        SimTerms terms = SimTerms.of(method, context);
        var kept = memory.given().take(given, terms, Duration.ofHours(1), context.now());
        assertEquals(Bytes.ofU8(0), kept.orElseThrow().mark());
    }

    /// A pseudonym is a name alone: with a realm, it could send us to another server. One that is
    /// too long with ours could not be told.
    @Test
    void aPseudonymWithARealmIsNotTaken() {
        EapContext context = ReauthPeers.context(ReauthPeers.NAME, memory, false);
        var identities =
                new ClientIdentities(EapSimMethod.AKA, context, ReauthPeers.NAME, Optional::empty);
        String tooLong = "2".repeat(1_000);
        for (String name : new String[] {"2abc@elsewhere.test", tooLong, "2abc"}) {
            identities.offered(
                    new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                            .with(EapSimAttribute.NEXT_PSEUDONYM, Bytes.utf8(name)));
            try (SimKeys keys = ReauthPeers.keys(EapSimMethod.AKA)) {
                identities.learn(keys);
            }
            assertEquals(name.equals("2abc") ? 1 : 0, memory.learned().size());
        }
        var next =
                new ClientIdentities(EapSimMethod.AKA, context, ReauthPeers.NAME, Optional::empty);
        assertEquals(Optional.of(Bytes.utf8("2abc@sims.test")), next.hidden());
        assertFalse(next.isForReauth(Bytes.utf8("2abc@sims.test")));
    }
}
