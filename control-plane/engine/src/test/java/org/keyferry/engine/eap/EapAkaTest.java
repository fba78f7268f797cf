package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.crypto.sim.Milenage;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;

/// What only EAP-AKA and EAP-AKA' have: sequence numbers, key derivations, bidding.
class EapAkaTest extends SimLogins {
    @Test
    void aChallengeThatIsSentAgainIsStale() {
        between(EapSimMethod.AKA);
        assertSucceeds();
        var old = requests.stream().filter(p -> subtype(p) == 1).findFirst().orElseThrow();
        between(EapSimMethod.AKA);
        Object end = run(changing(EapSimSubtype.AKA_CHALLENGE, _ -> old), AS_IT_IS);
        assertFails("not fresh, asking to resynchronise", end);
    }

    /// A network that sends the same again after AUTS.
    @Test
    void aNetworkThatNeverCatchesUpIsLeft() {
        for (int i = 0; i < 3; i++) {
            networkNumbers.next(mark(), 0);
        }
        for (int i = 0; i < 40; i++) {
            cardNumbers.take(mark(), (9L + i) << 5 | i % 32);
        }
        between(EapSimMethod.AKA, deaf(), card);
        assertFails("asks to resynchronise again", run(AS_IT_IS, AS_IT_IS));
    }

    private static Bytes mark() {
        return org.keyferry.engine.eap.sim.SimMarks.of(K, OPC);
    }

    /// Believes every AUTS and does nothing about it.
    private SimSource deaf() {
        return new Wrapped(network) {
            @Override
            public void resynchronise(SimUser user, Bytes rand, Bytes auts) {}
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"AKA", "AKA_PRIME"})
    void aWrongAutsIsNotTaken(EapSimMethod method) {
        for (int i = 0; i < 40; i++) {
            cardNumbers.take(mark(), (9L + i) << 5 | i % 32);
        }
        between(method);
        Object end =
                run(
                        AS_IT_IS,
                        changing(EapSimSubtype.AKA_SYNCHRONIZATION_FAILURE, p -> flipped(p, 20)));
        assertFails("AUTS of '%s' is wrong".formatted(NAME), end);
        between(method);
        assertSucceeds();
    }

    /// AKA' is only done with challenges that are for it.
    @Test
    void aChallengeOfAkaIsNoneOfAkaPrime() {
        var plain =
                new Wrapped(network) {
                    @Override
                    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
                        return super.quintuplet(
                                new SimUser(EapSimMethod.AKA, user.name(), user.secrets()), rand);
                    }
                };
        between(EapSimMethod.AKA_PRIME, plain, card);
        assertFails("AMF of", run(AS_IT_IS, AS_IT_IS));
    }

    @Test
    void anotherNetworksNameIsRefused() {
        options = new EapOptions.Sim(true, true, false, Optional.of("WLAN"));
        between(EapSimMethod.AKA_PRIME);
        EapServer first = server;
        options = new EapOptions.Sim(true, true, false, Optional.of("HRPD"));
        between(EapSimMethod.AKA_PRIME);
        server = first;
        assertFails("server is of network 'WLAN', not 'HRPD'", run(AS_IT_IS, AS_IT_IS));
    }

    /// A man in the middle cannot choose the name that keys are made of.
    @Test
    void aChangedNetworkNameGivesOtherKeys() {
        between(EapSimMethod.AKA_PRIME);
        Object end =
                run(
                        changing(
                                EapSimSubtype.AKA_CHALLENGE,
                                p -> {
                                    EapSimMessage m = decoded(EapSimMethod.AKA_PRIME, p);
                                    Bytes mac = m.get(EapSimAttribute.MAC).orElseThrow();
                                    return packet(
                                            p,
                                            EapType.AKA_PRIME,
                                            without(
                                                            without(m, EapSimAttribute.KDF_INPUT),
                                                            EapSimAttribute.MAC)
                                                    .with(
                                                            EapSimAttribute.KDF_INPUT,
                                                            Bytes.utf8("HRPD"))
                                                    .with(EapSimAttribute.MAC, mac));
                                }),
                        AS_IT_IS);
        assertFails("wrong MAC", end);
    }

    private UnaryOperator<Bytes> withKdfs(int... kdfs) {
        return changing(
                EapSimSubtype.AKA_CHALLENGE,
                p -> {
                    EapSimMessage m =
                            without(decoded(EapSimMethod.AKA_PRIME, p), EapSimAttribute.KDF);
                    for (int kdf : kdfs) {
                        m = m.with(EapSimAttribute.KDF, Bytes.ofU16(kdf));
                    }
                    return packet(p, EapType.AKA_PRIME, m);
                });
    }

    @Test
    void keyDerivationsAreNegotiatedOrRefused() {
        between(EapSimMethod.AKA_PRIME);
        assertFails("key derivations [7]", run(withKdfs(7), AS_IT_IS));
        between(EapSimMethod.AKA_PRIME);
        assertFails("key derivations []", run(withKdfs(), AS_IT_IS));
        between(EapSimMethod.AKA_PRIME);
        assertFails("names a key derivation twice", run(withKdfs(1, 1), AS_IT_IS));
        between(EapSimMethod.AKA_PRIME);
        assertFails("client asks for key derivation [1]", run(withKdfs(7, 1), AS_IT_IS));
    }

    /// After the client's choice the same list comes with it in front, or it is somebody else's.
    @Test
    void aListThatChangedIsRefused() {
        between(EapSimMethod.AKA_PRIME);
        var ask = (EapAnswer.Request) server.begin();
        var told = (EapPeer.Step.Respond) client.process(ask.packet());
        var challenge = ((EapAnswer.Request) server.process(told.packet())).packet();
        var choice = (EapPeer.Step.Respond) client.process(withKdfs(7, 1).apply(challenge));
        assertEquals(List.of(1), decoded(EapSimMethod.AKA_PRIME, choice.packet()).kdfs());
        client.process(withKdfs(1, 8, 1).apply(challenge));
        notes.addAll(client.takeNotes());
        assertTrue(notes.toString().contains("changed its key derivations"), notes.toString());
    }

    /// Somebody made the server offer AKA, though both sides would do AKA' (RFC 9048 §4).
    @Test
    void biddingDownIsNoticed() {
        clientsChoice = List.of(EapType.AKA_PRIME);
        between(EapSimMethod.AKA);
        server = new EapServer(context(network, 1), new Method.Dynamic(), 7);
        Bytes nak = EapPacket.nak(8, List.of(EapType.AKA)).encode();
        server.begin();
        var ask = (EapAnswer.Request) server.process(nak);
        var told = (EapPeer.Step.Respond) client.process(ask.packet());
        var challenge = ((EapAnswer.Request) server.process(told.packet())).packet();
        assertTrue(decoded(EapSimMethod.AKA, challenge).has(EapSimAttribute.BIDDING));
        client.process(challenge);
        notes.addAll(client.takeNotes());
        assertTrue(notes.toString().contains("would rather do EAP-AKA'"), notes.toString());
    }

    /// A client that is configured for AKA alone takes it.
    @Test
    void akaAloneIsNoBiddingDown() {
        between(EapSimMethod.AKA);
        server = new EapServer(context(network, 1), new Method.Dynamic(), 7);
        server.begin();
        var ask =
                (EapAnswer.Request) server.process(EapPacket.nak(8, List.of(EapType.AKA)).encode());
        var told = (EapPeer.Step.Respond) client.process(ask.packet());
        var challenge = ((EapAnswer.Request) server.process(told.packet())).packet();
        var proof = (EapPeer.Step.Respond) client.process(challenge);
        assertInstanceOf(EapAnswer.Accepted.class, server.process(proof.packet()));
    }

    /// The packets that tell the identity have no MAC, but the challenge has a hash of them.
    @ParameterizedTest
    @EnumSource(names = {"AKA", "AKA_PRIME"})
    void aChangedIdentityRequestIsNoticed(EapSimMethod method) {
        between(method);
        Object end =
                run(
                        changing(
                                EapSimSubtype.AKA_IDENTITY,
                                p ->
                                        packet(
                                                p,
                                                method.type(),
                                                new EapSimMessage(EapSimSubtype.AKA_IDENTITY)
                                                        .with(EapSimAttribute.PERMANENT_ID_REQ))),
                        AS_IT_IS);
        assertFails("the server did not see the packets that told the identity", end);
    }

    /// Keys alone are no proof: somebody may have them without the card.
    @Test
    void aWrongResIsNoProof() {
        var wrong =
                new Wrapped(card) {
                    @Override
                    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
                        var proof = (UsimAnswer.Proof) super.answer(user, rand, autn);
                        return new UsimAnswer.Proof(
                                flipped(proof.res(), 0), proof.ck(), proof.ik());
                    }
                };
        between(EapSimMethod.AKA, network, wrong);
        assertFails("RES of", run(AS_IT_IS, AS_IT_IS));
        var shorter =
                new Wrapped(card) {
                    @Override
                    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
                        var proof = (UsimAnswer.Proof) super.answer(user, rand, autn);
                        return new UsimAnswer.Proof(
                                proof.res().slice(0, 4), proof.ck(), proof.ik());
                    }
                };
        between(EapSimMethod.AKA, network, shorter);
        assertFails("RES of", run(AS_IT_IS, AS_IT_IS));
    }

    @Test
    void theClientTakesNoChallengeOfAkaForAkaPrime() throws NoSim {
        between(EapSimMethod.AKA_PRIME);
        var user = new SimUser(EapSimMethod.AKA, NAME, List.of());
        Quintuplet plain = network.quintuplet(user, new byte[Milenage.RAND_BYTES]);
        var challenge =
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.RAND, plain.rand())
                        .with(EapSimAttribute.AUTN, plain.autn())
                        .with(EapSimAttribute.KDF, Bytes.ofU16(1))
                        .with(EapSimAttribute.KDF_INPUT, Bytes.utf8("WLAN"))
                        .with(EapSimAttribute.MAC, Bytes.of(new byte[16]));
        var like = EapPacket.request(1, EapType.AKA_PRIME, Bytes.EMPTY).encode();
        var said =
                (EapPeer.Step.Respond) client.process(packet(like, EapType.AKA_PRIME, challenge));
        assertEquals(EapSimSubtype.AKA_AUTHENTICATION_REJECT.number(), subtype(said.packet()));
        assertTrue(cardNumbers.highest(mark()) == 0, "the card was asked");
    }

    /// The server never said that it would tell success in the method.
    @Test
    void successThatIsNotifiedUnaskedIsRefused() {
        var given = new ArrayList<Quintuplet>();
        var watched =
                new Wrapped(network) {
                    @Override
                    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
                        given.add(super.quintuplet(user, rand));
                        return given.getLast();
                    }
                };
        between(EapSimMethod.AKA, watched, card);
        EapAnswer answer = server.begin();
        Bytes last = Bytes.EMPTY;
        while (answer instanceof EapAnswer.Request(Bytes packet)) {
            last = packet;
            answer = server.process(((EapPeer.Step.Respond) client.process(packet)).packet());
        }
        Quintuplet vector = given.getFirst();
        SimKeys keys = SimKeys.ofAka(Bytes.utf8(NAME), vector.ik(), vector.ck());
        var success =
                new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                        .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(0x8000));
        Bytes zeros = Bytes.of(new byte[16]);
        Bytes mac = keys.mac(packet(last, EapType.AKA, success.with(EapSimAttribute.MAC, zeros)));
        var said =
                (EapPeer.Step.Respond)
                        client.process(
                                packet(last, EapType.AKA, success.with(EapSimAttribute.MAC, mac)));
        assertEquals(EapSimSubtype.CLIENT_ERROR.number(), subtype(said.packet()));
    }

    /// The server looks at what the client saw, too.
    @Test
    void aProofWithAnotherCheckcodeIsRefused() {
        var given = new ArrayList<Quintuplet>();
        var watched =
                new Wrapped(network) {
                    @Override
                    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
                        given.add(super.quintuplet(user, rand));
                        return given.getLast();
                    }
                };
        for (boolean right : new boolean[] {true, false}) {
            between(EapSimMethod.AKA, watched, card);
            var ask = ((EapAnswer.Request) server.begin()).packet();
            var told = (EapPeer.Step.Respond) client.process(ask);
            var challenge = ((EapAnswer.Request) server.process(told.packet())).packet();
            Bytes code =
                    decoded(EapSimMethod.AKA, challenge)
                            .get(EapSimAttribute.CHECKCODE)
                            .orElseThrow();
            Quintuplet vector = given.getLast();
            SimKeys keys = SimKeys.ofAka(Bytes.utf8(NAME), vector.ik(), vector.ck());
            var proof =
                    new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                            .with(EapSimAttribute.RES, vector.xres())
                            .with(EapSimAttribute.CHECKCODE, right ? code : flipped(code, 0));
            Bytes like = EapPacket.response(challenge.u8(1), EapType.AKA, Bytes.EMPTY).encode();
            Bytes zeros = Bytes.of(new byte[16]);
            Bytes mac = keys.mac(packet(like, EapType.AKA, proof.with(EapSimAttribute.MAC, zeros)));
            EapAnswer answer =
                    server.process(packet(like, EapType.AKA, proof.with(EapSimAttribute.MAC, mac)));
            assertEquals(right, answer instanceof EapAnswer.Accepted, answer.toString());
        }
    }

    /// Names for next time are decrypted, checked, and not taken up.
    @Test
    void namesForNextTimeAreLeft() throws Exception {
        between(EapSimMethod.AKA);
        assertSealedChallenge(
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.NEXT_PSEUDONYM, Bytes.utf8("w8w49PexCazWJ")),
                EapSimSubtype.AKA_CHALLENGE);
        between(EapSimMethod.AKA);
        assertSealedChallenge(
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.COUNTER, Bytes.ofU16(1)),
                EapSimSubtype.CLIENT_ERROR);
    }

    private void assertSealedChallenge(EapSimMessage hidden, EapSimSubtype wanted) throws NoSim {
        var user = new SimUser(EapSimMethod.AKA, NAME, List.of());
        Quintuplet vector = network.quintuplet(user, new byte[Milenage.RAND_BYTES]);
        SimKeys keys = SimKeys.ofAka(Bytes.utf8(NAME), vector.ik(), vector.ck());
        Bytes iv = Bytes.of(new byte[16]);
        EapSimMessage message =
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.RAND, vector.rand())
                        .with(EapSimAttribute.AUTN, vector.autn())
                        .with(EapSimAttribute.IV, iv)
                        .with(EapSimAttribute.ENCR_DATA, keys.encrypt(iv, hidden.encodeHidden()));
        var like = EapPacket.request(1, EapType.AKA, Bytes.EMPTY).encode();
        Bytes zeros = Bytes.of(new byte[16]);
        Bytes mac = keys.mac(packet(like, EapType.AKA, message.with(EapSimAttribute.MAC, zeros)));
        var said =
                (EapPeer.Step.Respond)
                        client.process(
                                packet(like, EapType.AKA, message.with(EapSimAttribute.MAC, mac)));
        assertEquals(wanted.number(), subtype(said.packet()));
    }
}
