package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.engine.eap.sim.SimCard;
import org.keyferry.engine.eap.sim.SimMemories;
import org.keyferry.engine.eap.sim.SimMemory;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.SoftwareSims;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// What somebody tries with pseudonyms and identities for fast re-authentication.
class EapSimIdentityTest extends SimReconnects {
    /// What the client told inside is protected where the method can do so.
    @ParameterizedTest
    @EnumSource(names = {"AKA", "AKA_PRIME"})
    void packetsThatTellTheIdentityAreProtected(EapSimMethod method) {
        logsIn(method);
        begin(method);
        serve(method, NAME);
        runs(
                changing(
                        EapSimSubtype.AKA_IDENTITY,
                        p ->
                                packet(
                                        p,
                                        method.type(),
                                        new EapSimMessage(EapSimSubtype.AKA_IDENTITY)
                                                .with(EapSimAttribute.ANY_ID_REQ)
                                                .with(EapSimAttribute.ANY_ID_REQ))),
                AS_IT_IS);
        assertFails("second AT_ANY_ID_REQ", end);
        logsIn(method);
        begin(method);
        serve(method, NAME);
        // reserved bytes, which mean nothing but are covered
        runs(changing(EapSimSubtype.AKA_IDENTITY, p -> flipped(p, 7)), AS_IT_IS);
        assertFails("did not see the packets that told the identity", end);
    }

    @ParameterizedTest
    @EnumSource
    void noByteMayChange(EapSimMethod method) {
        logsIn(method);
        begin(method);
        runs(AS_IT_IS, AS_IT_IS);
        assertNoByteMayChange(method, EapSimSubtype.REAUTHENTICATION);
    }

    /// A login whose AUTH was wrong leaves nothing.
    @ParameterizedTest
    @EnumSource
    void onlyWhatIkeConfirmedIsKept(EapSimMethod method) {
        begin(method);
        runs(AS_IT_IS, AS_IT_IS);
        assertInstanceOf(EapPeer.Step.Succeeded.class, end);
        assertEquals(0, networkMemory.given().reauths() + networkMemory.given().pseudonyms());
        assertEquals(0, cardMemory.learned().size());
        logsIn(method);
        assertEquals(NAME, told);
    }

    /// A request that was there before is not taken, and its counter is not the server's.
    @ParameterizedTest
    @EnumSource
    void aRequestIsNotTakenTwice(EapSimMethod method) {
        logsIn(method);
        logsIn(method);
        Bytes old = requests.getLast();
        Bytes oldAnswer = responses.getLast();
        begin(method);
        runs(changing(EapSimSubtype.REAUTHENTICATION, p -> old), AS_IT_IS);
        assertFails("lacks our counter", withoutMacs());
        logsIn(method);
        logsIn(method);
        begin(method);
        runs(AS_IT_IS, changing(EapSimSubtype.REAUTHENTICATION, p -> oldAnswer));
        assertFails("fast re-authentication of '%s' is wrong".formatted(NAME), end);
    }

    /// The client's refusal of the counter has another NONCE_S in its MAC than the server's.
    private Object withoutMacs() {
        assertTrue(notes.toString().contains("uses a counter again"), notes.toString());
        assertInstanceOf(EapAnswer.Rejected.class, end);
        return new EapAnswer.Rejected(Optional.empty(), "lacks our counter");
    }

    /// Twice in one login it may not.
    @ParameterizedTest
    @EnumSource
    void nobodyReauthenticatesTwiceInALogin(EapSimMethod method) {
        logsIn(method);
        SimMemories.countTo(cardMemory, method, context(cards, 2), 5);
        begin(method);
        var first = new ArrayList<Bytes>();
        runs(
                p -> {
                    first.add(p);
                    return first.size() == 1
                            ? p
                            : EapPacket.request(
                                            p.u8(1),
                                            method.type(),
                                            first.getFirst().slice(5, first.getFirst().length()))
                                    .encode();
                },
                AS_IT_IS);
        assertFails("server sent REAUTHENTICATION out of turn", end);
    }

    private static final String OTHER = "0232010000000009@wlan.test";

    private static SoftwareSims both(String keyOfOther) {
        return new SoftwareSims(
                name ->
                        name.equals(NAME)
                                ? Optional.of(new SimCard(secret(K), secret(OPC), 0x8000, 0))
                                : name.equals(OTHER)
                                        ? Optional.of(
                                                new SimCard(
                                                        secret(keyOfOther), secret(OPC), 0x8000, 0))
                                        : Optional.empty(),
                new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {}));
    }

    /// Whoever gets hold of an identity that is another one's has nothing.
    @ParameterizedTest
    @EnumSource
    void anothersIdentityLetsNobodyIn(EapSimMethod method) {
        networks = counted(both(OPC));
        cards = counted(both(OPC));
        for (boolean pseudonym : new boolean[] {false, true}) {
            for (boolean inside : new boolean[] {false, true}) {
                logsIn(method);
                now = pseudonym ? now.plus(LIFETIME) : now;
                begin(method);
                String stolen = told;
                assertNotEquals(NAME, stolen);
                // somebody with a card of his own
                var attackersMemory = new SimMemory();
                client =
                        new EapPeer(
                                SimMemories.with(
                                        context(cards, 3, Identification.parse(OTHER)),
                                        attackersMemory),
                                new Method.Typed(method.type()),
                                false);
                serve(method, inside ? OTHER : stolen);
                runs(
                        AS_IT_IS,
                        changing(
                                start(method),
                                p ->
                                        packet(
                                                p,
                                                method.type(),
                                                replaced(decoded(method, p), Bytes.utf8(stolen)))));
                assertFails("", end);
                assertFalse(end instanceof EapPeer.Step.Succeeded);
            }
        }
    }

    private static EapSimMessage replaced(EapSimMessage message, Bytes identity) {
        return message.has(EapSimAttribute.IDENTITY)
                ? without(message, EapSimAttribute.IDENTITY)
                        .with(EapSimAttribute.IDENTITY, identity)
                : message;
    }

    /// The right card with somebody else's pseudonym is somebody else's login, that fails.
    @ParameterizedTest
    @EnumSource
    void whoIsProvenIsWhoTheIdentityWasGivenTo(EapSimMethod method) {
        logsIn(method);
        begin(method);
        serve(method, OTHER);
        ends();
        assertEquals(Optional.of(USER), proven, "not whom the login began with");
    }

    /// Somebody else's is nobody's, so that the permanent one is asked for.
    private void endsAsAStranger(EapSimMethod method, String hidden) {
        assertEquals(NAME, told);
        serve(method, hidden);
        runs(AS_IT_IS, AS_IT_IS);
        assertInstanceOf(EapPeer.Step.Succeeded.class, end, () -> end + " " + notes);
        assertFalse(subtypes().contains(EapSimSubtype.REAUTHENTICATION));
        assertEquals(2, asked.size());
    }

    private boolean permanentAsked(EapSimMethod method) {
        return requests.stream()
                .anyMatch(p -> decoded(method, p).has(EapSimAttribute.PERMANENT_ID_REQ));
    }

    @ParameterizedTest
    @EnumSource
    void anIdentityIsOfOneMethod(EapSimMethod method) {
        for (boolean pseudonym : new boolean[] {false, true}) {
            logsIn(method);
            now = pseudonym ? now.plus(LIFETIME) : now;
            begin(method);
            String hidden = told;
            for (EapSimMethod other : EapSimMethod.values()) {
                if (other != method) {
                    begin(other);
                    endsAsAStranger(other, hidden);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdentityIsOfOneConnection(EapSimMethod method) {
        for (boolean pseudonym : new boolean[] {false, true}) {
            connection = "office";
            logsIn(method);
            now = pseudonym ? now.plus(LIFETIME) : now;
            begin(method);
            String hidden = told;
            assertNotEquals(NAME, hidden);
            connection = "laboratory";
            begin(method);
            endsAsAStranger(method, hidden);
        }
    }

    /// A pseudonym that another connection gave names nobody here.
    @ParameterizedTest
    @EnumSource
    void aPseudonymIsOfOneConnection(EapSimMethod method) {
        options = options(true, true, false);
        logsIn(method);
        begin(method);
        String hidden = told;
        for (String where : new String[] {"office", "laboratory"}) {
            connection = "office";
            begin(method);
            assertEquals(hidden, told);
            connection = where;
            serve(method, hidden);
            runs(AS_IT_IS, AS_IT_IS);
            assertInstanceOf(EapPeer.Step.Succeeded.class, end, () -> end + " " + notes);
            assertEquals(!where.equals("office"), permanentAsked(method), where);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdentityIsToldToOneServer(EapSimMethod method) {
        logsIn(method);
        client =
                new EapPeer(
                        SimMemories.elsewhere(context(cards, 2)),
                        new Method.Typed(method.type()),
                        false);
        var step = client.process(EapPacket.request(6, EapType.IDENTITY, Bytes.EMPTY).encode());
        Bytes packet = ((EapPeer.Step.Respond) step).packet();
        assertEquals(NAME, packet.slice(5, packet.length()).utf8());
    }

    /// There is no room behind such a realm, which is nobody's fault.
    @ParameterizedTest
    @EnumSource
    void aLongNameIsGivenNothing(EapSimMethod method) {
        String name = NAME + "." + "x".repeat(900);
        networks = counted(SimMemories.knowing(network, NAME));
        cards = counted(SimMemories.knowing(card, NAME));
        begin(method);
        client =
                new EapPeer(
                        context(cards, 2, Identification.parse(name)),
                        new Method.Typed(method.type()),
                        false);
        ends();
        assertFalse(decoded(method, requests.getLast()).has(EapSimAttribute.ENCR_DATA));
        assertEquals(0, networkMemory.given().pseudonyms());
    }

    /// Nobody could see whether such a subscriber is still one.
    @ParameterizedTest
    @EnumSource
    void withoutStandingThereIsNoFastReauthentication(EapSimMethod method) {
        networks =
                new Wrapped(network) {
                    @Override
                    public Optional<Bytes> standing(SimUser user) {
                        return Optional.empty();
                    }
                };
        logsIn(method);
        assertEquals(0, networkMemory.given().reauths());
        logsIn(method);
        assertNotEquals(NAME, told);
        assertEquals(List.of(start(method), challenge(method)), subtypes());
    }
}
