package org.keyferry.engine.eap.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapMethod.Step;
import org.keyferry.engine.eap.TlsSessions;
import org.keyferry.engine.eap.sim.LearnedIdentities.Again;
import org.keyferry.engine.eap.sim.LearnedIdentities.Learned;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// The example of RFC 4186 Appendix A, as far as it is about identities for next time.
class Rfc4186ExampleTest {
    private static final Bytes PERMANENT = Bytes.utf8("1244070100000001@eapsim.foo");
    private static final String PSEUDONYM =
            "w8w49PexCazWJ&xCIARmxuMKht5S1sxRDqXSEFBEg3DcZP9cIxTe5J4OyIwNGVzxeJOU1G";
    private static final String REAUTH_ID =
            "Y24fNSrz8BP274jOJaF17WfxI8YO7QX00pMXk9XMMVOw7broaNhTczuFq53aEpOkk3L0dm@eapsim.foo";
    private static final String NEXT_REAUTH_ID =
            "uta0M0iyIsMwWp5TTdSdnOLvg2XDVf21OYt1vnfiMcs5dnIDHOIFVavIRzMRyzW6vFzdHW@eapsim.foo";
    private static final Bytes NONCE_MT = Bytes.ofHex("0123456789abcdeffedcba9876543210");
    private static final Bytes NONCE_S = Bytes.ofHex("0123456789abcdeffedcba9876543210");

    /// A.5, EAP-Request/SIM/Challenge.
    private static final Bytes CHALLENGE =
            Bytes.ofHex(
                    "01020118120b0000010d0000101112131415161718191a1b1c1d1e1f2021222324252627"
                            + "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f810500009e18b0c29a652263"
                            + "c06efb54dd00a895822d000055f2939bbdb1b19ea1b47fc0b3e0be4cab2cf7372d98e302"
                            + "3c6bb92415723d58bad66ce084e101b60f5358354bd4218278aea7bf2cbace33106aeddc"
                            + "625b0c1d5aa67a41739ae5b57950973fc7ff8301073c6f953150fc303ea152d1e10a2d1f"
                            + "4f5226daa1ee9005472252bdb3b71d6f0c3a3490316c46929871bd45cdfdbca6112f07f8"
                            + "be717990d25f6dd7f2b7b320bf4d5a992e880331d729945aec75ae5d43c8eda5fe6233fc"
                            + "ac494ee67a0d504d0b050000fef324ac3962b59f3bd78253ae4dcb6a");

    /// A.7, EAP-Request/SIM/Re-authentication.
    private static final Bytes REQUEST =
            Bytes.ofHex(
                    "010100a4120d000081050000d585ac7786b90336657c77b46575b9c4821d0000686291a9"
                            + "d2abc58caa3294b6e85b44846c44e5dcb2de8b9e80d69d49858a5db84cdc1c9bc95c01b9"
                            + "6b6eca313474aea6d31416e19daa9df70f05008841ca8014964d3b30a49bcf43e4d3f18e"
                            + "86295a4a2b38d96c9705c2bbb05c4aace97d5eaff564046c8bd30bc39be5e17ace2b10a6"
                            + "0b050000483a1799b83d7cd3d0a1e401d9ee4770");

    /// A.8, EAP-Response/SIM/Re-authentication.
    private static final Bytes RESPONSE =
            Bytes.ofHex(
                    "02010044120d000081050000cdf7ffa65de04c026b56c86b76b102ea82050000b6edd382"
                            + "79e2a1423c1afc5c455c7d560b050000faf76b71fbe2d255b96a3566c915c617");

    private static final String MSK =
            "6263f614973895e1335f7e30cff028ee2176f519002c9abe732fe0ef00cf167c"
                    + "756d9e4ced6d5ed640eb3fe38565ca076e7fb8a817cfe8d9adbce441d47c4f5e";

    private static SimKeys keys() {
        return SimKeys.ofSim(
                PERMANENT,
                List.of(
                        Bytes.ofHex("a0a1a2a3a4a5a6a7"),
                        Bytes.ofHex("b0b1b2b3b4b5b6b7"),
                        Bytes.ofHex("c0c1c2c3c4c5c6c7")),
                NONCE_MT,
                Bytes.ofU16(1),
                Bytes.ofU16(1));
    }

    private static EapContext context(SimMemory memory) {
        var round = new AuthRound(AuthMethod.EAP, Identification.ANY);
        return new EapContext(
                "office",
                Identification.parse(PERMANENT.utf8()),
                Identification.parse("server.test"),
                _ -> List.of(),
                round,
                round,
                Credentials.none(),
                EapOptions.DEFAULT,
                new TlsSessions(),
                Instant.EPOCH,
                new SeededRandom(new byte[64]),
                SimSource.NONE,
                memory,
                Set.of());
    }

    private static Bytes data(Bytes packet) {
        return packet.slice(5, packet.length());
    }

    private static EapSimMessage message(boolean request, Bytes packet) throws Exception {
        return EapSimMessage.decode(EapSimMethod.SIM, request, data(packet));
    }

    private static EapSimMessage opened(boolean request, Bytes packet) throws Exception {
        EapSimMessage message = message(request, packet);
        return message.hidden(
                request,
                keys().decrypt(
                                message.get(EapSimAttribute.IV).orElseThrow(),
                                message.get(EapSimAttribute.ENCR_DATA).orElseThrow()));
    }

    private static Bytes mac(Bytes packet, Bytes extra) {
        return keys().mac(EapSimMessage.withoutMac(packet).orElseThrow().concat(extra));
    }

    @Test
    void theChallengeHidesTwoIdentities() throws Exception {
        assertEquals(
                message(true, CHALLENGE).get(EapSimAttribute.MAC),
                Optional.of(mac(CHALLENGE, NONCE_MT)));
        EapSimMessage hidden = opened(true, CHALLENGE);
        assertEquals(
                Optional.of(Bytes.utf8(PSEUDONYM)), hidden.get(EapSimAttribute.NEXT_PSEUDONYM));
        assertEquals(
                Optional.of(Bytes.utf8(REAUTH_ID)), hidden.get(EapSimAttribute.NEXT_REAUTH_ID));
        assertEquals(message(true, CHALLENGE), rebuilt(CHALLENGE, hidden));
    }

    /// With its own IV, as we would have sent it.
    private static EapSimMessage rebuilt(Bytes packet, EapSimMessage hidden) throws Exception {
        EapSimMessage sent = message(packet.u8(0) == 1, packet);
        Bytes iv = sent.get(EapSimAttribute.IV).orElseThrow();
        var offers = new EapSimMessage(hidden.subtype());
        var again = new EapSimMessage(sent.subtype());
        for (var field : hidden.fields()) {
            if (field.attribute() != EapSimAttribute.PADDING) {
                offers = offers.with(field.attribute(), field.value());
            }
        }
        for (var field : sent.fields()) {
            again =
                    again.with(
                            field.attribute(),
                            field.attribute() == EapSimAttribute.ENCR_DATA
                                    ? keys().encrypt(iv, offers.encodeHidden())
                                    : field.value());
        }
        return again;
    }

    @Test
    void theRequestHidesCounterNonceAndTheNextIdentity() throws Exception {
        assertEquals(
                message(true, REQUEST).get(EapSimAttribute.MAC),
                Optional.of(mac(REQUEST, Bytes.EMPTY)));
        EapSimMessage hidden = opened(true, REQUEST);
        assertEquals(Optional.of(Bytes.ofU16(1)), hidden.get(EapSimAttribute.COUNTER));
        assertEquals(Optional.of(NONCE_S), hidden.get(EapSimAttribute.NONCE_S));
        assertEquals(
                Optional.of(Bytes.utf8(NEXT_REAUTH_ID)),
                hidden.get(EapSimAttribute.NEXT_REAUTH_ID));
        assertEquals(message(true, REQUEST), rebuilt(REQUEST, hidden));
    }

    @Test
    void theResponseHidesTheCounter() throws Exception {
        assertEquals(
                message(false, RESPONSE).get(EapSimAttribute.MAC),
                Optional.of(mac(RESPONSE, NONCE_S)));
        EapSimMessage hidden = opened(false, RESPONSE);
        assertEquals(Optional.of(Bytes.ofU16(1)), hidden.get(EapSimAttribute.COUNTER));
        assertEquals(message(false, RESPONSE), rebuilt(RESPONSE, hidden));
    }

    /// Our client with what it learned from the challenge, and the example's server.
    @Test
    void aClientTakesTheExamplesRequest() throws Exception {
        var memory = new SimMemory();
        EapContext context = context(memory);
        SimSource card = new StandingOnly();
        context = SimMemories.with(context, card);
        SimTerms terms = SimTerms.of(EapSimMethod.SIM, context);
        var first =
                new Again(Bytes.utf8(REAUTH_ID), Bytes.EMPTY, keys().lasting(), 1, Instant.EPOCH);
        memory.learned().keep(terms, PERMANENT, new Learned(Optional.empty(), Optional.of(first)));
        var client = new EapSimClient(context);
        assertEquals(Optional.of(Bytes.utf8(REAUTH_ID)), client.nameToTell());
        Step step = client.process(1, data(REQUEST));
        Step.Done done = assertInstanceOf(Step.Done.class, step);
        assertEquals(MSK, Bytes.of(done.msk().orElseThrow().array()).hex());
        // the response but for its IV
        Bytes packet = EapPacket.response(1, EapType.SIM, done.last()).encode();
        assertEquals(RESPONSE.length(), packet.length());
        EapSimMessage answer = message(false, packet);
        assertEquals(EapSimSubtype.REAUTHENTICATION, answer.subtype());
        assertEquals(Optional.of(mac(packet, NONCE_S)), answer.get(EapSimAttribute.MAC));
        assertEquals(opened(false, RESPONSE), opened(false, packet));
        client.confirmed();
        var next = new EapSimClient(context);
        assertEquals(Optional.of(Bytes.utf8(NEXT_REAUTH_ID)), next.nameToTell());
        // whose counter may not be 1 again
        Step.Send refusal = assertInstanceOf(Step.Send.class, next.process(1, data(REQUEST)));
        packet = EapPacket.response(1, EapType.SIM, refusal.data()).encode();
        assertTrue(opened(false, packet).has(EapSimAttribute.COUNTER_TOO_SMALL));
    }

    /// A card that is there and says nothing.
    private static final class StandingOnly extends SimMemories.Silent {
        @Override
        public Optional<Bytes> standing(SimUser user) {
            return Optional.of(Bytes.EMPTY);
        }
    }
}
