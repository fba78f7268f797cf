package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Logins by EAP-SIM, EAP-AKA and EAP-AKA' in which somebody does what is not allowed.
class EapSimAkaTest extends SimLogins {
    @ParameterizedTest
    @EnumSource
    void aLogin(EapSimMethod method) {
        between(method);
        assertSucceeds();
        assertTrue(client.takeNotes().isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aLoginWithResultIndications(EapSimMethod method) {
        options = new EapOptions.Sim(true, true, true, Optional.of("WLAN"));
        between(method);
        assertSucceeds();
        assertEquals(EapSimSubtype.NOTIFICATION_ROUND.number(), subtype(requests.getLast()));
    }

    /// Every single byte of the challenge and of the proof is protected by something.
    @ParameterizedTest
    @EnumSource
    void noByteOfAChallengeMayChange(EapSimMethod method) {
        between(method);
        run(AS_IT_IS, AS_IT_IS);
        int length =
                requests.stream()
                        .filter(p -> subtype(p) == challenge(method).number())
                        .findFirst()
                        .orElseThrow()
                        .length();
        for (int at = 8; at < length; at++) {
            int changed = at;
            between(method);
            Object end = run(changing(challenge(method), p -> flipped(p, changed)), AS_IT_IS);
            assertTrue(
                    end instanceof EapAnswer.Rejected || end instanceof EapPeer.Step.Failed,
                    () -> "byte %d: %s".formatted(changed, end));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noByteOfAProofMayChange(EapSimMethod method) {
        var lengths = new ArrayList<Integer>();
        between(method);
        run(
                AS_IT_IS,
                changing(
                        challenge(method),
                        p -> {
                            lengths.add(p.length());
                            return p;
                        }));
        for (int at = 8; at < lengths.getFirst(); at++) {
            int changed = at;
            between(method);
            Object end = run(AS_IT_IS, changing(challenge(method), p -> flipped(p, changed)));
            assertInstanceOf(EapAnswer.Rejected.class, end, () -> "byte " + changed + " " + notes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProofWithoutMacIsNone(EapSimMethod method) {
        between(method);
        Object end =
                run(
                        AS_IT_IS,
                        changing(
                                challenge(method),
                                p ->
                                        packet(
                                                p,
                                                method.type(),
                                                without(decoded(method, p), EapSimAttribute.MAC))));
        assertFails(method == EapSimMethod.SIM ? "proof of" : "MAC of", end);
    }

    /// Lines of the log are ours alone.
    @ParameterizedTest
    @EnumSource
    void aNameMakesNoLinesInTheLog(EapSimMethod method) {
        between(method);
        Bytes told = Bytes.utf8("nobody\n00[IKE] authentication successful");
        Object end =
                run(
                        AS_IT_IS,
                        p -> {
                            EapSimMessage message = decoded(method, p);
                            return message.has(EapSimAttribute.IDENTITY)
                                    ? packet(
                                            p,
                                            method.type(),
                                            without(message, EapSimAttribute.IDENTITY)
                                                    .with(EapSimAttribute.IDENTITY, told))
                                    : p;
                        });
        assertFails("'nobody?00[IKE] authentication successful'", end);
        assertFalse((notes + " " + end).contains("\n"), () -> end + " " + notes);
    }

    @ParameterizedTest
    @EnumSource
    void successBeforeTheProofIsNotBelieved(EapSimMethod method) {
        between(method);
        EapAnswer.Request first = (EapAnswer.Request) server.begin();
        client.process(first.packet());
        assertFails("before the method ended", client.process(EapPacket.success(9).encode()));
    }

    /// Who promised to say it in the method says it there.
    @ParameterizedTest
    @EnumSource
    void successWithoutThePromisedIndicationIsNotBelieved(EapSimMethod method) {
        options = new EapOptions.Sim(true, true, true, Optional.empty());
        between(method);
        Object end =
                run(
                        p ->
                                subtype(p) == EapSimSubtype.NOTIFICATION_ROUND.number()
                                        ? EapPacket.success(p.u8(1)).encode()
                                        : p,
                        AS_IT_IS);
        assertFails("before the method ended", end);
    }

    @ParameterizedTest
    @EnumSource
    void successByAnUnsealedNotificationIsNotBelieved(EapSimMethod method) {
        options = new EapOptions.Sim(true, true, true, Optional.empty());
        between(method);
        Object end =
                run(
                        changing(
                                EapSimSubtype.NOTIFICATION_ROUND,
                                p ->
                                        packet(
                                                p,
                                                method.type(),
                                                without(decoded(method, p), EapSimAttribute.MAC))),
                        AS_IT_IS);
        assertFails("without a proof of its own", end);
    }

    /// A server that asks for the identity in a less telling way than before, or once more.
    @ParameterizedTest
    @EnumSource
    void aServerThatAsksForeverIsLeft(EapSimMethod method) {
        between(method);
        boolean sim = method == EapSimMethod.SIM;
        var asking = new EapSimMessage(sim ? EapSimSubtype.SIM_START : EapSimSubtype.AKA_IDENTITY);
        if (sim) {
            asking = asking.with(EapSimAttribute.VERSION_LIST, Bytes.ofU16(1));
        }
        EapSimMessage permanent = asking.with(EapSimAttribute.PERMANENT_ID_REQ);
        var like = EapPacket.request(1, method.type(), Bytes.EMPTY).encode();
        var first = (EapPeer.Step.Respond) client.process(packet(like, method.type(), permanent));
        assertEquals(
                NAME,
                decoded(method, first.packet()).get(EapSimAttribute.IDENTITY).orElseThrow().utf8());
        EapSimMessage any = asking.with(EapSimAttribute.ANY_ID_REQ);
        client.process(packet(like, method.type(), any));
        notes.addAll(client.takeNotes());
        assertTrue(notes.toString().contains("again and again"), notes.toString());
        assertFails("again and again", client.process(packet(like, method.type(), permanent)));
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatStartsForeverIsLeft(EapSimMethod method) {
        between(method);
        var start = (EapAnswer.Request) server.begin();
        for (int i = 0; i < 3; i++) {
            client.process(start.packet());
        }
        assertFails("again and again", client.process(start.packet()));
    }

    @ParameterizedTest
    @EnumSource
    void packetsOutOfTurnEndTheLogin(EapSimMethod method) {
        for (EapSimSubtype subtype : EapSimSubtype.values()) {
            between(method);
            var like = EapPacket.request(1, method.type(), Bytes.EMPTY).encode();
            client.process(packet(like, method.type(), new EapSimMessage(subtype)));
            Object end = client.process(EapPacket.success(1).encode());
            assertFails("before the method ended", end);
            server.begin();
            var answer =
                    server.process(
                            packet(
                                    EapPacket.response(8, method.type(), Bytes.EMPTY).encode(),
                                    method.type(),
                                    new EapSimMessage(subtype)));
            assertTrue(!(answer instanceof EapAnswer.Accepted), subtype.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChangedIdentityGivesOtherKeys(EapSimMethod method) {
        between(
                method,
                new Wrapped(network) {
                    @Override
                    protected SimUser known(SimUser user) {
                        return new SimUser(user.method(), NAME, List.of());
                    }
                },
                card);
        Object end =
                run(
                        AS_IT_IS,
                        p -> {
                            EapSimMessage m = decoded(method, p);
                            return m.has(EapSimAttribute.IDENTITY)
                                    ? packet(
                                            p,
                                            method.type(),
                                            without(m, EapSimAttribute.IDENTITY)
                                                    .with(
                                                            EapSimAttribute.IDENTITY,
                                                            Bytes.utf8("mallory@wlan.test")))
                                    : p;
                        });
        assertFails("wrong MAC", end);
    }

    /// Whoever is known inside is told to whom decides.
    @ParameterizedTest
    @EnumSource
    void theIdentityThatWasToldInsideIsTheOneThatWasProved(EapSimMethod method) {
        between(method);
        EapAnswer answer = server.begin();
        while (answer instanceof EapAnswer.Request(Bytes packet)) {
            answer = server.process(((EapPeer.Step.Respond) client.process(packet)).packet());
        }
        assertEquals(
                Optional.of(Identification.parse(NAME)),
                ((EapAnswer.Accepted) answer).facts().identity());
    }

    @Test
    void theSameChallengeTwiceIsRefusedByTheClient() {
        between(EapSimMethod.SIM);
        var like = EapPacket.request(1, EapType.SIM, Bytes.EMPTY).encode();
        client.process(((EapAnswer.Request) server.begin()).packet());
        var challenge =
                new EapSimMessage(EapSimSubtype.SIM_CHALLENGE)
                        .with(EapSimAttribute.RAND, Bytes.of(new byte[32]))
                        .with(EapSimAttribute.MAC, Bytes.of(new byte[16]));
        var said = (EapPeer.Step.Respond) client.process(packet(like, EapType.SIM, challenge));
        assertEquals(
                3,
                decoded(EapSimMethod.SIM, said.packet())
                        .get(EapSimAttribute.CLIENT_ERROR_CODE)
                        .orElseThrow()
                        .u16(0));
    }

    @ParameterizedTest
    @EnumSource
    void aConfirmationWithoutMacIsNone(EapSimMethod method) {
        options = new EapOptions.Sim(true, true, true, Optional.empty());
        between(method);
        Object end =
                run(
                        AS_IT_IS,
                        changing(
                                EapSimSubtype.NOTIFICATION_ROUND,
                                p ->
                                        packet(
                                                p,
                                                method.type(),
                                                new EapSimMessage(
                                                        EapSimSubtype.NOTIFICATION_ROUND))));
        assertFails("client does not confirm success", end);
    }

    /// Whatever becomes of packets on their way, both sides end the login and nothing breaks.
    @ParameterizedTest
    @EnumSource
    void packetsThatAreMangledDoNoHarm(EapSimMethod method) {
        var random = new SplittableRandom(4186);
        for (int run = 0; run < 500; run++) {
            options =
                    new EapOptions.Sim(
                            random.nextBoolean(), true, random.nextBoolean(), Optional.empty());
            between(method);
            run(p -> mangled(random, p), p -> mangled(random, p));
        }
    }

    private static Bytes mangled(SplittableRandom random, Bytes packet) {
        if (random.nextInt(4) > 0) {
            return packet;
        }
        byte[] copy = packet.toArray();
        for (int i = random.nextInt(3); i >= 0; i--) {
            copy[5 + random.nextInt(copy.length - 5)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(5) == 0 ? 5 + random.nextInt(copy.length) : copy.length;
        copy = java.util.Arrays.copyOf(copy, length);
        copy[2] = (byte) (length >>> 8);
        copy[3] = (byte) length;
        return Bytes.of(copy);
    }

    /// A second challenge would prove us again.
    @ParameterizedTest
    @EnumSource
    void aSecondChallengeAfterTheProofIsRefused(EapSimMethod method) {
        between(method);
        EapAnswer answer = server.begin();
        Bytes last = Bytes.EMPTY;
        while (answer instanceof EapAnswer.Request(Bytes packet)) {
            last = packet;
            answer = server.process(((EapPeer.Step.Respond) client.process(packet)).packet());
        }
        var said = (EapPeer.Step.Respond) client.process(last);
        assertEquals(EapSimSubtype.CLIENT_ERROR.number(), subtype(said.packet()));
    }

    /// A failure that the server notifies of in time is told, and Success is then none.
    @ParameterizedTest
    @EnumSource
    void successAfterAFailureIsNotBelieved(EapSimMethod method) {
        between(method);
        var like = EapPacket.request(1, method.type(), Bytes.EMPTY).encode();
        client.process(((EapAnswer.Request) server.begin()).packet());
        var failure =
                new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                        .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(16_384));
        var said = (EapPeer.Step.Respond) client.process(packet(like, method.type(), failure));
        assertEquals(EapSimSubtype.NOTIFICATION_ROUND.number(), subtype(said.packet()));
        assertFails("before the method ended", client.process(EapPacket.success(2).encode()));
    }

    /// After our proof, too: what was done by then is not done any more.
    @ParameterizedTest
    @EnumSource
    void aFailureAfterTheProofTakesItBack(EapSimMethod method) {
        between(method);
        EapAnswer answer = server.begin();
        Bytes last = Bytes.EMPTY;
        while (answer instanceof EapAnswer.Request(Bytes packet)) {
            last = packet;
            answer = server.process(((EapPeer.Step.Respond) client.process(packet)).packet());
        }
        var failure =
                new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                        .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(16_384));
        client.process(packet(last, method.type(), failure));
        assertFails("before the method ended", client.process(EapPacket.success(2).encode()));
    }

    @Test
    void challengesThatAreTheSameAreRefused() {
        var same =
                new Wrapped(network) {
                    @Override
                    public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count)
                            throws NoSim {
                        return super.triplets(user, () -> new byte[16], count);
                    }
                };
        between(EapSimMethod.SIM, same, card);
        assertFails("1 different triplets", run(AS_IT_IS, AS_IT_IS));
    }

    @Test
    void challengesThatAreTooFewAreRefusedByTheClient() {
        between(EapSimMethod.SIM);
        var like = EapPacket.request(1, EapType.SIM, Bytes.EMPTY).encode();
        client.process(((EapAnswer.Request) server.begin()).packet());
        var challenge =
                new EapSimMessage(EapSimSubtype.SIM_CHALLENGE)
                        .with(EapSimAttribute.RAND, Bytes.of(new byte[16]))
                        .with(EapSimAttribute.MAC, Bytes.of(new byte[16]));
        var said = (EapPeer.Step.Respond) client.process(packet(like, EapType.SIM, challenge));
        assertEquals(
                2,
                decoded(EapSimMethod.SIM, said.packet())
                        .get(EapSimAttribute.CLIENT_ERROR_CODE)
                        .orElseThrow()
                        .u16(0));
    }

    @Test
    void aServerOfAnotherVersionIsRefused() {
        between(EapSimMethod.SIM);
        Object end =
                run(
                        changing(
                                EapSimSubtype.SIM_START,
                                p ->
                                        packet(
                                                p,
                                                EapType.SIM,
                                                new EapSimMessage(EapSimSubtype.SIM_START)
                                                        .with(
                                                                EapSimAttribute.VERSION_LIST,
                                                                Bytes.ofU16(2)))),
                        AS_IT_IS);
        assertFails("it has no version in common", end);
    }

    /// Version lists are part of the keys: nobody can take a better version out.
    @Test
    void aShortenedVersionListIsNoticed() {
        between(EapSimMethod.SIM);
        Object end =
                run(
                        changing(
                                EapSimSubtype.SIM_START,
                                p ->
                                        packet(
                                                p,
                                                EapType.SIM,
                                                new EapSimMessage(EapSimSubtype.SIM_START)
                                                        .with(EapSimAttribute.FULLAUTH_ID_REQ)
                                                        .with(
                                                                EapSimAttribute.VERSION_LIST,
                                                                Bytes.ofHex("00010002")))),
                        AS_IT_IS);
        assertFails("wrong MAC", end);
    }
}
