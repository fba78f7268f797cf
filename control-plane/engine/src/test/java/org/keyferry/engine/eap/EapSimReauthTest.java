package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.engine.eap.sim.SimCard;
import org.keyferry.engine.eap.sim.SimMemories;
import org.keyferry.engine.eap.sim.SimMemory;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.SoftwareSims;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;

/// Pseudonyms and fast re-authentication between our two sides.
class EapSimReauthTest extends SimReconnects {
    /// One round, no card, no network, and nobody sees who it is.
    @ParameterizedTest
    @EnumSource
    void aReconnectNeedsNoCard(EapSimMethod method) {
        logsIn(method);
        assertTrue(shows(NAME.substring(1, 16)));
        assertEquals(2, asked.size(), asked.toString());
        var msks = new HashSet<Bytes>();
        var names = new HashSet<String>();
        for (int i = 1; i <= LIMIT; i++) {
            logsIn(method);
            assertEquals(FAST, subtypes());
            assertEquals(List.of(), asked);
            assertFalse(shows(NAME.substring(1, 16)), told);
            assertTrue(told.endsWith("@wlan.test"), told);
            assertTrue(names.add(told), told);
            assertEquals(Optional.of(USER), proven);
            assertTrue(msks.add(Bytes.of(success().msk().orElseThrow().array())));
            assertTrue(notes.contains("fast re-authentication " + i), notes.toString());
        }
        // the limit is reached, the pseudonym is still good
        logsIn(method);
        assertEquals(List.of(start(method), challenge(method)), subtypes());
        assertTrue(names.add(told), told);
        assertFalse(shows(NAME.substring(1, 16)), told);
        assertEquals(Optional.of(USER), proven);
        assertEquals(2, asked.size(), asked.toString());
        logsIn(method);
        assertEquals(FAST, subtypes());
    }

    private EapPeer.Step.Succeeded success() {
        return (EapPeer.Step.Succeeded) end;
    }

    /// Where the identity outside is not the client's to tell.
    @ParameterizedTest
    @EnumSource
    void anIdentityMayBeToldInsideOnly(EapSimMethod method) {
        logsIn(method);
        begin(method);
        serve(method, NAME);
        ends();
        assertEquals(List.of(start(method), EapSimSubtype.REAUTHENTICATION), subtypes());
        assertTrue(decoded(method, requests.getFirst()).has(EapSimAttribute.ANY_ID_REQ));
        EapSimMessage fast = decoded(method, requests.getLast());
        assertEquals(method != EapSimMethod.SIM, fast.has(EapSimAttribute.CHECKCODE));
        assertEquals(List.of(), asked);
        EapSimMessage answer = decoded(method, responses.getFirst());
        assertFalse(answer.has(EapSimAttribute.NONCE_MT));
        assertEquals(Optional.of(USER), proven);
    }

    @ParameterizedTest
    @EnumSource
    void successIsToldInsideToo(EapSimMethod method) {
        options = options(true, true, true, true, true);
        logsIn(method);
        logsIn(method);
        var fast = List.of(EapSimSubtype.REAUTHENTICATION, EapSimSubtype.NOTIFICATION_ROUND);
        assertEquals(fast, subtypes());
        assertTrue(decoded(method, requests.getLast()).has(EapSimAttribute.ENCR_DATA));
        assertTrue(decoded(method, responses.getLast()).has(EapSimAttribute.ENCR_DATA));
        assertNoByteMayChange(method, EapSimSubtype.NOTIFICATION_ROUND);
    }

    /// By default a server gives nothing; a client that wants nothing takes nothing.
    @ParameterizedTest
    @EnumSource
    void nothingIsGivenUnlessItIsWanted(EapSimMethod method) {
        options = EapOptions.Sim.DEFAULT;
        logsIn(method);
        assertFalse(decoded(method, requests.getLast()).has(EapSimAttribute.ENCR_DATA));
        assertTrue(decoded(method, requests.getFirst()).has(EapSimAttribute.FULLAUTH_ID_REQ));
        assertEquals(0, networkMemory.given().reauths() + networkMemory.given().pseudonyms());
        options = options(true, false, true, true, false);
        logsIn(method);
        assertTrue(decoded(method, requests.getLast()).has(EapSimAttribute.ENCR_DATA));
        assertEquals(0, cardMemory.learned().size());
        logsIn(method);
        assertEquals(NAME, told);
        assertEquals(List.of(start(method), challenge(method)), subtypes());
    }

    @ParameterizedTest
    @EnumSource
    void eachMayBeGivenAlone(EapSimMethod method) {
        options = options(true, true, false);
        logsIn(method);
        assertEquals(0, networkMemory.given().reauths());
        assertEquals(1, networkMemory.given().pseudonyms());
        logsIn(method);
        assertNotEquals(NAME, told);
        assertEquals(List.of(start(method), challenge(method)), subtypes());
        networkMemory = new SimMemory();
        cardMemory = new SimMemory();
        options = options(true, false, true);
        logsIn(method);
        assertEquals(1, networkMemory.given().reauths());
        assertEquals(0, networkMemory.given().pseudonyms());
        logsIn(method);
        assertEquals(FAST, subtypes());
    }

    /// With no question inside, the name outside is what keys are made of.
    @ParameterizedTest
    @EnumSource
    void aPseudonymMayBeToldOutsideOnly(EapSimMethod method) {
        options = options(false, true, false);
        logsIn(method);
        logsIn(method);
        assertNotEquals(NAME, told);
        assertEquals(Optional.of(USER), proven);
        assertFalse(shows(NAME.substring(1, 16)));
        assertTrue(responses.stream().noneMatch(p -> holdsIdentity(method, p)));
    }

    private static boolean holdsIdentity(EapSimMethod method, Bytes packet) {
        return decoded(method, packet).has(EapSimAttribute.IDENTITY);
    }

    /// What is given is nowhere in the open.
    @ParameterizedTest
    @EnumSource
    void whatIsGivenIsHidden(EapSimMethod method) {
        logsIn(method);
        String all = requests.toString() + responses;
        logsIn(method);
        String next = Bytes.utf8(told).hex();
        assertFalse(all.contains(next));
        all += requests.toString() + responses;
        now = now.plus(LIFETIME);
        logsIn(method);
        assertNotEquals(NAME, told);
        assertFalse(all.contains(Bytes.utf8(told).hex()), "pseudonym");
    }

    /// Unknown identities lead to the permanent one, by one question after the other.
    @ParameterizedTest
    @EnumSource
    void aServerThatForgotAsksForThePermanentIdentity(EapSimMethod method) {
        for (boolean inside : new boolean[] {true, false}) {
            options = options(inside, true, true);
            logsIn(method);
            networkMemory = new SimMemory();
            logsIn(method);
            assertNotEquals(NAME, told);
            var questions =
                    requests.stream()
                            .map(p -> decoded(method, p))
                            .filter(m -> m.subtype() == start(method))
                            .flatMap(m -> m.fields().stream())
                            .map(EapSimMessage.Field::attribute)
                            .filter(a -> a != EapSimAttribute.VERSION_LIST)
                            .toList();
            assertEquals(
                    List.of(
                            EapSimAttribute.ANY_ID_REQ,
                            EapSimAttribute.FULLAUTH_ID_REQ,
                            EapSimAttribute.PERMANENT_ID_REQ),
                    questions);
            var names =
                    responses.stream()
                            .map(p -> decoded(method, p).get(EapSimAttribute.IDENTITY))
                            .flatMap(Optional::stream)
                            .map(Bytes::utf8)
                            .toList();
            assertEquals(3, new HashSet<>(names).size(), names.toString());
            assertEquals(List.of(told, NAME), List.of(names.getFirst(), names.getLast()));
            assertEquals("@wlan.test", names.get(1).substring(names.get(1).indexOf('@')));
            String name = method == EapSimMethod.SIM ? "triplets " : "quintuplet ";
            assertEquals(List.of(name + NAME, "card"), asked, "nobody is asked about ours");
            assertEquals(Optional.of(USER), proven);
        }
        logsIn(method);
        assertEquals(FAST, subtypes());
    }

    /// A gateway that lets only known names through ends it before the method begins.
    @ParameterizedTest
    @EnumSource
    void aHiddenNameThatIsRefusedIsForgotten(EapSimMethod method) {
        logsIn(method);
        begin(method);
        assertNotEquals(NAME, told);
        assertInstanceOf(EapPeer.Step.Failed.class, client.process(EapPacket.failure(6).encode()));
        assertEquals(0, cardMemory.learned().size());
        begin(method);
        assertEquals(NAME, told);
    }

    /// But a login that fails later shows nobody the permanent identity.
    @ParameterizedTest
    @EnumSource
    void aPseudonymOutlivesAFailure(EapSimMethod method) {
        logsIn(method);
        begin(method);
        runs(changing(EapSimSubtype.REAUTHENTICATION, p -> flipped(p, 20)), AS_IT_IS);
        assertFails("", end);
        logsIn(method);
        assertNotEquals(NAME, told);
        assertEquals(List.of(start(method), challenge(method)), subtypes());
        assertFalse(shows(NAME.substring(1, 16)));
    }

    @ParameterizedTest
    @EnumSource
    void lifetimesEnd(EapSimMethod method) {
        logsIn(method);
        now = now.plus(LIFETIME).minusSeconds(1);
        logsIn(method);
        assertEquals(FAST, subtypes());
        now = now.plusSeconds(1); // since the full authentication
        logsIn(method);
        assertEquals(List.of(start(method), challenge(method)), subtypes());
        assertNotEquals(NAME, told);
        now = now.plus(PSEUDONYM_LIFETIME);
        logsIn(method);
        assertEquals(NAME, told);
    }

    /// A server that lost count has to ask the card.
    @ParameterizedTest
    @EnumSource
    void aCounterThatIsTooSmallLeadsToTheCard(EapSimMethod method) {
        for (boolean outside : new boolean[] {true, false}) {
            logsIn(method);
            SimMemories.countTo(cardMemory, method, context(cards, 2), 5);
            begin(method);
            if (!outside) {
                serve(method, NAME);
            }
            ends();
            var full = new ArrayList<EapSimSubtype>();
            if (!outside) {
                full.add(start(method));
            }
            full.add(EapSimSubtype.REAUTHENTICATION);
            if (method == EapSimMethod.SIM) {
                full.add(EapSimSubtype.SIM_START);
            }
            full.add(challenge(method));
            assertEquals(full, subtypes());
            assertEquals(2, asked.size());
            assertEquals(Optional.of(USER), proven);
            assertFalse(shows(NAME.substring(1, 16)));
        }
        logsIn(method);
        assertEquals(FAST, subtypes());
    }

    /// Somebody whose card is not known any more, or another one, is not let in without it.
    @ParameterizedTest
    @EnumSource
    void withoutItsKeysASubscriberIsNobody(EapSimMethod method) {
        logsIn(method);
        networks = counted(new SoftwareSims(_ -> Optional.empty(), numbers()));
        begin(method);
        runs(AS_IT_IS, AS_IT_IS);
        assertFails("no credentials for", end);
        networks = counted(network);
        logsIn(method);
        networks =
                counted(
                        new SoftwareSims(
                                _ -> Optional.of(new SimCard(secret(OPC), secret(K), 0x8000, 0)),
                                numbers()));
        begin(method);
        runs(AS_IT_IS, AS_IT_IS);
        assertTrue(notes.toString().contains("are not what they were"), notes.toString());
        assertFails("", end);
        assertFalse(subtypes().contains(EapSimSubtype.REAUTHENTICATION));
    }

    /// As with triplets that were replaced: the card is still right.
    @ParameterizedTest
    @EnumSource
    void otherCredentialsLeadToTheCard(EapSimMethod method) {
        for (boolean outside : new boolean[] {true, false}) {
            logsIn(method);
            networks =
                    new Wrapped(counted(network)) {
                        @Override
                        public Optional<Bytes> standing(SimUser user) {
                            return Optional.of(Bytes.ofU8(outside ? 1 : 2));
                        }
                    };
            begin(method);
            if (!outside) {
                serve(method, NAME);
            }
            ends();
            assertEquals(challenge(method), subtypes().getLast());
            assertTrue(notes.toString().contains("are not what they were"), notes.toString());
            assertFalse(shows(NAME.substring(1, 16)));
            assertEquals(Optional.of(USER), proven);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherCardDoesNotUseWhatTheFirstLearned(EapSimMethod method) {
        logsIn(method);
        cards =
                counted(
                        new SoftwareSims(
                                _ -> Optional.of(new SimCard(secret(OPC), secret(K), 0x8000, 0)),
                                numbers()));
        begin(method);
        runs(AS_IT_IS, AS_IT_IS);
        assertFails("", end);
        assertFalse(subtypes().contains(EapSimSubtype.REAUTHENTICATION));
    }

    /// The last two pseudonyms are good: a client may not have got the last one.
    @Test
    void anOldPseudonymIsForgotten() {
        options = options(true, true, false);
        EapSimMethod method = EapSimMethod.AKA;
        logsIn(method);
        var names = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            logsIn(method);
            names.add(told);
        }
        assertEquals(2, networkMemory.given().pseudonyms());
        assertFalse(networkMemory.given().permanent(Bytes.utf8(names.get(1))).isPresent());
        assertEquals(Optional.of(USER), networkMemory.given().permanent(Bytes.utf8(names.get(2))));
    }

    /// A server that knew no pseudonym and gave none does not know one next time.
    @ParameterizedTest
    @EnumSource
    void aPseudonymThatNobodyKnewIsForgotten(EapSimMethod method) {
        options = options(true, true, false);
        logsIn(method);
        networkMemory = new SimMemory();
        options = options(true, false, false);
        logsIn(method);
        assertNotEquals(NAME, told);
        logsIn(method);
        assertEquals(NAME, told);
    }

    /// What was learned is not used any more where nothing is to be learned.
    @ParameterizedTest
    @EnumSource
    void aClientThatWantsNothingForgetsWhatItHad(EapSimMethod method) {
        logsIn(method);
        assertEquals(1, cardMemory.learned().size());
        options = options(true, false, true, true, false);
        logsIn(method);
        assertEquals(NAME, told);
        assertEquals(0, cardMemory.learned().size());
    }
}
