package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.tls.ResumableSession;
import org.keyferry.crypto.tls.TlsEnd;
import org.keyferry.crypto.tls.TlsFailure;
import org.keyferry.crypto.tls.TlsTerms;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.WireWriter;

/// Our client of TTLS and PEAP with a server that does other things than ours, as one behind RADIUS
/// may.
class EapOtherServerTest {
    private static final Identification LAPTOP = Identification.parse("laptop.test");
    private static final Identification GATEWAY = Identification.parse("gateway.test");
    private static final Bytes SUCCESS_TLV = Bytes.ofHex("800300020001");
    private static final Bytes START = Bytes.ofU8(0x20);

    private final SimWorld world = SimWorld.seeded(3);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1", large());
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2", large());
    private final SimCa ca = SimCa.root("CN=Root");
    private final SimCa.Host gatewayHost = ca.host("gateway.test", SimCa.ecdsa());
    private final List<String> inside = new ArrayList<>();
    private Optional<ResumableSession> session = Optional.empty();
    private TlsEnd tls;
    private EapType type = EapType.TTLS;
    private int logins;
    private int identifier;

    EapOtherServerTest() throws Exception {}

    /// Nothing comes in fragments.
    private static EngineSettings large() {
        var method = new EapOptions.TlsMethod(16_000, 64, false, EapType.MD5, false, false);
        return EngineSettings.defaults()
                .with(
                        new EapOptions(
                                true,
                                false,
                                List.of(),
                                false,
                                method,
                                method,
                                method,
                                EapOptions.DEFAULT.limits(),
                                EapOptions.Sim.DEFAULT));
    }

    private static AuthRound round(Method method) {
        return new AuthRound(AuthMethod.EAP, LAPTOP, PublicKeyTerms.NONE, new EapTerms(method));
    }

    /// What the server does once TLS is there, with data that came inside.
    private interface Phase2 {
        /// Empty for success.
        Optional<byte[]> next(byte[] data);
    }

    private void server(Phase2 phase2) {
        gateway.passesEapTo(
                query ->
                        switch (query) {
                            case EapQuery.Begin _ -> {
                                begin();
                                yield Optional.of(request(START));
                            }
                            case EapQuery.Response(Bytes packet) ->
                                    Optional.of(answer(packet, phase2));
                            case EapQuery.Abandon _ -> Optional.empty();
                        });
    }

    private void begin() {
        byte[] seed = new byte[64];
        seed[0] = (byte) ++logins;
        try {
            tls =
                    TlsEnd.server(
                            new TlsTerms(
                                    TlsTerms.V1_2,
                                    TlsTerms.V1_2,
                                    List.of(),
                                    List.of(),
                                    Optional.of(
                                            new TlsTerms.Own(
                                                    List.of(gatewayHost.certificate().der()),
                                                    gatewayHost::key)),
                                    false,
                                    _ -> Optional.empty(),
                                    new TlsTerms.Exported(
                                            type.equals(EapType.TTLS)
                                                    ? "ttls keying material"
                                                    : "client EAP encryption",
                                            "",
                                            Bytes.EMPTY,
                                            128),
                                    List.of(),
                                    TlsTerms.Resumption.server(
                                            id -> session.filter(s -> s.id().equals(id)))),
                            new SeededRandom(seed));
        } catch (TlsFailure e) {
            throw new AssertionError(e);
        }
    }

    private EapAnswer request(Bytes data) {
        return new EapAnswer.Request(EapPacket.request(++identifier, type, data).encode());
    }

    private EapAnswer answer(Bytes packet, Phase2 phase2) {
        try {
            Bytes data = EapPacket.decode(packet).data();
            tls.process(data.slice(1, data.length()).toArray());
            Bytes handshake = Bytes.of(tls.output());
            if (!tls.isEstablished() || !handshake.isEmpty()) {
                return request(Bytes.ofU8(0).concat(handshake));
            }
            Optional<byte[]> next = phase2.next(tls.data());
            if (next.isEmpty()) {
                session = tls.resumable();
                return new EapAnswer.Accepted(
                        EapPacket.success(identifier).encode(),
                        Optional.of(Secret.owned(Arrays.copyOf(tls.key().array(), 64))),
                        EapFacts.NONE);
            }
            if (next.get().length > 0) {
                tls.send(next.get());
            }
            return request(Bytes.ofU8(0).concat(Bytes.of(tls.output())));
        } catch (TlsFailure | PeerViolation e) {
            return new EapAnswer.Rejected(Optional.empty(), e.getMessage());
        }
    }

    private Optional<Reason> comesUp() {
        var office = SimConnection.between("laptop.test", "gateway.test");
        laptop.configured(
                List.of(
                        office.rounds(
                                        List.of(round(new Method.Typed(type))),
                                        List.of(new AuthRound(AuthMethod.PUBKEY, GATEWAY)))
                                .build()),
                List.of(SimConnection.password("eap-1", "Ar3etTnp")),
                new Credentials(List.of(ca.certificate()), List.of(), Map.of(), Revocations.NONE));
        gateway.configured(
                List.of(
                        office.mirrored()
                                .rounds(
                                        List.of(
                                                new AuthRound(
                                                        AuthMethod.PUBKEY,
                                                        GATEWAY,
                                                        gatewayHost.terms())),
                                        List.of(round(new Method.Radius())))
                                .build()),
                List.of(),
                SimCa.credentials(gatewayHost, ca.certificate()));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMinutes(5));
        return laptop.outcome(request).orElseThrow();
    }

    private void logsIn() {
        assertEquals(Optional.empty(), comesUp());
        laptop.terminates(laptop.ike());
        world.run(Duration.ofMinutes(5));
    }

    private static byte[] eapMessage(Bytes packet) {
        int length = 8 + packet.length();
        return new WireWriter()
                .i32(79)
                .i32(0x40 << 24 | length)
                .bytes(packet)
                .zeros(-length & 3)
                .toArray();
    }

    /// EAP-MD5 whose answer nobody looks at.
    private Optional<byte[]> md5(byte[] data) {
        if (data.length == 0) {
            inside.add("nothing");
            return Optional.of(data);
        }
        boolean name = data[12] == EapType.IDENTITY.number();
        inside.add(name ? "name" : "response");
        return name
                ? Optional.of(
                        eapMessage(
                                EapPacket.request(
                                                5,
                                                EapType.MD5,
                                                Bytes.ofU8(16).concat(Bytes.of(new byte[16])))
                                        .encode()))
                : Optional.empty();
    }

    @Test
    void aServerMayLeaveItAtTheSession() {
        server(data -> tls.isResumed() ? Optional.empty() : md5(data));
        logsIn();
        assertEquals(List.of("name", "response"), inside);
        logsIn();
        assertEquals(List.of("name", "response"), inside);
    }

    /// RFC 5281 §7.6: either may want more.
    @Test
    void aServerMayWantThePasswordAllTheSame() {
        server(this::md5);
        logsIn();
        inside.clear();
        logsIn();
        assertTrue(tls.isResumed());
        assertEquals(List.of("nothing", "name", "response"), inside);
    }

    @Test
    void successWithoutProofIsNoSuccessUnlessTheSessionHadOne() {
        type = EapType.PEAP;
        server(
                data -> {
                    inside.add(Bytes.of(data).hex());
                    return data.length == 0
                            ? Optional.of(
                                    EapPacket.request(9, EapType.MS_TLV, SUCCESS_TLV)
                                            .encode()
                                            .toArray())
                            : Optional.empty();
                });
        assertTrue(comesUp().isPresent());
        assertFalse(inside.getLast().endsWith(SUCCESS_TLV.hex()), inside.toString());
        assertEquals(0, laptop.ids().tlsSessions().size());
    }
}
