package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.engine.eap.sim.SimCard;
import org.keyferry.engine.eap.sim.SimMemory;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SoftwareSims;
import org.keyferry.engine.eap.sim.SourceOf;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.PeerViolation;

/// Logins by EAP-SIM, EAP-AKA and EAP-AKA' between our two sides, with somebody in between.
abstract class SimLogins {
    static final String NAME = "0232010000000000@wlan.test";
    static final String K = "5122250214c33e723a5dd523fc145fc0";
    static final String OPC = "981d464c7c52eb6e5036234984ad0bcf";

    final SequenceNumbers cardNumbers = numbers();
    final SequenceNumbers networkNumbers = numbers();
    final SoftwareSims card = sims(cardNumbers);
    final SoftwareSims network = sims(networkNumbers);
    SimMemory networkMemory = new SimMemory();
    SimMemory cardMemory = new SimMemory();
    final List<String> notes = new ArrayList<>();
    final List<Bytes> requests = new ArrayList<>();
    EapOptions.Sim options = EapOptions.Sim.DEFAULT;
    String connection = "office";
    Instant now = Instant.EPOCH;
    List<EapType> clientsChoice = List.of();

    /// Whom the server took the client for, if not for whom the login began with.
    Optional<Identification> proven = Optional.empty();

    EapServer server;
    EapPeer client;

    static SequenceNumbers numbers() {
        return new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {});
    }

    static SoftwareSims sims(SequenceNumbers numbers) {
        return new SoftwareSims(
                name ->
                        name.equals(NAME)
                                ? Optional.of(new SimCard(secret(K), secret(OPC), 0x8000, 0))
                                : Optional.empty(),
                numbers);
    }

    static Secret secret(String hex) {
        return Secret.owned(HexFormat.of().parseHex(hex));
    }

    EapContext context(SimSource sims, long seed) {
        return context(sims, seed, Identification.parse(NAME));
    }

    /// @param seed odd for a server
    EapContext context(SimSource sims, long seed, Identification name) {
        var round = new AuthRound(AuthMethod.EAP, Identification.ANY);
        EapOptions all = EapOptions.DEFAULT;
        return new EapContext(
                connection,
                name,
                Identification.parse("server.test"),
                _ -> List.of(),
                round,
                round,
                Credentials.none(),
                new EapOptions(
                        true,
                        false,
                        List.of(),
                        false,
                        all.tls(),
                        all.ttls(),
                        all.peap(),
                        all.limits(),
                        options),
                new TlsSessions(),
                now,
                new SeededRandom(Bytes.ofU32((int) seed).concat(Bytes.of(new byte[60])).toArray()),
                sims,
                seed % 2 == 1 ? networkMemory : cardMemory,
                java.util.Set.of());
    }

    void between(EapSimMethod method, SimSource networks, SimSource cards) {
        server = new EapServer(context(networks, 1), new Method.Typed(method.type()), 7);
        client =
                new EapPeer(
                        context(cards, 2),
                        clientsChoice.isEmpty() ? new Method.Typed(method.type()) : Method.ANY,
                        false);
    }

    void between(EapSimMethod method) {
        between(method, network, card);
    }

    static final UnaryOperator<Bytes> AS_IT_IS = UnaryOperator.identity();

    /// Runs a login to its end.
    Object run(UnaryOperator<Bytes> toClient, UnaryOperator<Bytes> toServer) {
        EapAnswer answer = server.begin();
        for (int round = 0; round < 20; round++) {
            notes.addAll(server.takeNotes());
            switch (answer) {
                case EapAnswer.Rejected rejected -> {
                    return rejected;
                }
                case EapAnswer.Accepted accepted -> {
                    proven = accepted.facts().identity();
                    EapPeer.Step step = client.process(accepted.packet());
                    notes.addAll(client.takeNotes());
                    if (step instanceof EapPeer.Step.Succeeded success) {
                        assertArrayEquals(
                                accepted.msk().orElseThrow().array(),
                                success.msk().orElseThrow().array());
                        assertEquals(64, success.msk().orElseThrow().array().length);
                    }
                    return step;
                }
                case EapAnswer.Request(Bytes packet) -> {
                    requests.add(packet);
                    EapPeer.Step step = client.process(toClient.apply(packet));
                    notes.addAll(client.takeNotes());
                    if (step instanceof EapPeer.Step.Respond(Bytes response)) {
                        answer = server.process(toServer.apply(response));
                    } else {
                        return step;
                    }
                }
            }
        }
        throw new AssertionError("no end: " + notes);
    }

    void assertSucceeds() {
        Object end = run(AS_IT_IS, AS_IT_IS);
        assertInstanceOf(EapPeer.Step.Succeeded.class, end, () -> end + " " + notes);
    }

    void assertFails(String note, Object end) {
        boolean failed = end instanceof EapAnswer.Rejected || end instanceof EapPeer.Step.Failed;
        assertTrue(failed, () -> end + " " + notes);
        String all = notes + " " + end;
        assertTrue(all.contains(note), all);
    }

    static int subtype(Bytes packet) {
        return packet.u8(5);
    }

    static Bytes flipped(Bytes packet, int at) {
        byte[] copy = packet.toArray();
        copy[at] ^= 1;
        return Bytes.of(copy);
    }

    static UnaryOperator<Bytes> changing(EapSimSubtype subtype, UnaryOperator<Bytes> change) {
        return packet -> subtype(packet) == subtype.number() ? change.apply(packet) : packet;
    }

    static EapSimSubtype challenge(EapSimMethod method) {
        return method == EapSimMethod.SIM
                ? EapSimSubtype.SIM_CHALLENGE
                : EapSimSubtype.AKA_CHALLENGE;
    }

    static Bytes packet(Bytes like, EapType type, EapSimMessage message) {
        boolean request = like.u8(0) == 1;
        return (request
                        ? EapPacket.request(like.u8(1), type, message.encode())
                        : EapPacket.response(like.u8(1), type, message.encode()))
                .encode();
    }

    static EapSimMessage decoded(EapSimMethod method, Bytes packet) {
        try {
            return EapSimMessage.decode(
                    method, packet.u8(0) == 1, packet.slice(5, packet.length()));
        } catch (PeerViolation e) {
            throw new AssertionError(e);
        }
    }

    static EapSimMessage without(EapSimMessage message, EapSimAttribute attribute) {
        return new EapSimMessage(
                message.subtype(),
                message.fields().stream().filter(f -> f.attribute() != attribute).toList());
    }

    /// As [SourceOf], without the need to say where it is.
    static class Wrapped extends SourceOf {
        Wrapped(SimSource inner) {
            super(inner);
        }
    }
}
