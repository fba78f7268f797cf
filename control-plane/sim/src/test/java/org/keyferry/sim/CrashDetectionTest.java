package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Quick crash detection (RFC 6290).
class CrashDetectionTest {
    private static final Duration DPD_DELAY = Duration.ofSeconds(30);
    private static final IpAddress STRANGER = IpAddress.parse("192.0.2.66");

    private final SimWorld world = SimWorld.seeded(6290);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1").detectsCrashes();
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2").detectsCrashes();
    private final List<Bytes> heard = new ArrayList<>();

    @BeforeEach
    void up() {
        var key = SimConnection.secret("ike-1", "correct horse");
        var office = SimConnection.between("laptop.test", "gateway.test").dpd(DPD_DELAY);
        laptop.configured(List.of(office.whenDead(Action.START).build()), List.of(key));
        gateway.configured(List.of(office.mirrored().dpd(Duration.ZERO).build()), List.of(key));
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(5));
        world.network().listens(STRANGER, heard::add);
    }

    private List<Reason> downs() {
        return laptop.events().stream()
                .filter(Event.IkeDown.class::isInstance)
                .map(e -> ((Event.IkeDown) e).reason())
                .toList();
    }

    /// The next liveness check is answered by the token; a set-up takes two round trips more.
    @Test
    void aRestartedPeerIsNoticedInOneRoundTrip() {
        gateway.crashes();
        while (downs().isEmpty() && world.now().isBefore(Instant.MAX)) {
            world.run(Duration.ofMillis(1));
        }
        assertEquals(List.of(Reason.Plain.PEER_RESTARTED), downs());
        long requests =
                world.transcript().stream()
                        .filter(line -> line.contains("laptop > gateway  INFORMATIONAL request"))
                        .count();
        assertEquals(1, requests, "no retransmission was needed");
        world.run(Duration.ofSeconds(1));
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        world.checkAgreement();
    }

    @Test
    void aRekeyedIkeSaHasATokenOfItsOwn() {
        Bytes before = laptop.engine().snapshots().getFirst().crashToken();
        laptop.rekeysIke(laptop.ike());
        world.run(Duration.ofSeconds(5));
        Bytes after = laptop.engine().snapshots().getFirst().crashToken();
        assertNotEquals(before, after);
        gateway.crashes();
        world.run(DPD_DELAY.plusSeconds(2));
        assertEquals(List.of(Reason.Plain.PEER_RESTARTED), downs());
    }

    private Bytes message(boolean fromInitiator, boolean response, List<Payload> payloads) {
        var view = laptop.views().getFirst();
        return IkeMessage.encode(
                view.initiatorSpi(),
                view.responderSpi(),
                ExchangeType.INFORMATIONAL,
                fromInitiator,
                response,
                2,
                payloads);
    }

    /// Whoever sees the SPIs of an IKE_SA that is in use gets no token for it, whichever side he
    /// says to be.
    @Test
    void nobodyGetsTheTokenOfAnIkeSaThatIsThere() throws PeerViolation {
        Bytes ofGateway = laptop.engine().snapshots().getFirst().crashToken();
        Bytes ofLaptop = gateway.engine().snapshots().getFirst().crashToken();
        var sealed = List.<Payload>of(new Payload.Encrypted(0, Bytes.of(new byte[100])));
        for (SimPeer target : List.of(laptop, gateway)) {
            for (boolean initiator : new boolean[] {true, false}) {
                world.network()
                        .injects(
                                new Endpoint(STRANGER, 500),
                                new Endpoint(target.address(), 500),
                                message(initiator, false, sealed));
                world.run(Duration.ofSeconds(1));
            }
        }
        for (Bytes answer : heard) {
            for (var notify :
                    IkeMessage.all(IkeMessage.decode(answer).payloads(), Payload.Notify.class)) {
                assertNotEquals(ofGateway, notify.data());
                assertNotEquals(ofLaptop, notify.data());
            }
        }
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
    }

    @Test
    void aForgedTokenEndsNothing() {
        world.run(DPD_DELAY.minusSeconds(6));
        var forged =
                List.<Payload>of(
                        Payload.Notify.of(NotifyType.INVALID_IKE_SPI),
                        Payload.Notify.of(
                                NotifyType.QUICK_CRASH_DETECTION, Bytes.of(new byte[32])));
        for (int i = 0; i < 2_000; i++) {
            world.network()
                    .injects(
                            new Endpoint(gateway.address(), 500),
                            new Endpoint(laptop.address(), 500),
                            message(false, true, forged));
            world.run(Duration.ofMillis(5));
        }
        assertEquals(List.of(), downs());
        assertEquals(1, laptop.established());
    }

    /// A peer that comes back at once must not find a host that does not know it yet.
    @Test
    void aHostWithoutConnectionsKeepsSilent() {
        gateway.configured(List.of(), List.of());
        var sealed = List.<Payload>of(new Payload.Encrypted(0, Bytes.of(new byte[100])));
        Bytes request =
                IkeMessage.encode(
                        new IkeSpi(1_000),
                        new IkeSpi(0x1234),
                        ExchangeType.INFORMATIONAL,
                        true,
                        false,
                        2,
                        sealed);
        world.network()
                .injects(
                        new Endpoint(STRANGER, 500), new Endpoint(gateway.address(), 500), request);
        world.run(Duration.ofSeconds(1));
        assertEquals(List.of(), heard);
    }

    /// Answers are never larger than what asks for them, and bounded in number.
    @Test
    void strangersGetFewAndSmallAnswers() {
        var sealed = List.<Payload>of(new Payload.Encrypted(0, Bytes.of(new byte[100])));
        for (int i = 0; i < 1_000; i++) {
            Bytes request =
                    IkeMessage.encode(
                            new IkeSpi(1_000 + i),
                            new IkeSpi(0x1234 + i),
                            ExchangeType.INFORMATIONAL,
                            true,
                            false,
                            2,
                            sealed);
            world.network()
                    .injects(
                            new Endpoint(STRANGER, 500),
                            new Endpoint(gateway.address(), 500),
                            request);
        }
        world.run(Duration.ofSeconds(1));
        assertTrue(heard.size() <= 200, heard.size() + " answers in a second");
        assertTrue(!heard.isEmpty());
        assertTrue(heard.stream().allMatch(answer -> answer.length() == 28 + 8 + 8 + 16));
    }

    /// The token follows EAP, in the last request (RFC 6290 §4.2).
    @Test
    void aClientThatLogsInByEapGivesATokenToo() {
        var client = world.peer("client", "192.0.2.3").detectsCrashes();
        var server = world.peer("server", "192.0.2.4").detectsCrashes();
        var id = Identification.parse("client.test");
        var psk = List.of(new AuthRound(AuthMethod.PSK, Identification.parse("server.test")));
        var eap =
                List.of(
                        new AuthRound(
                                AuthMethod.EAP,
                                id,
                                PublicKeyTerms.NONE,
                                new EapTerms(new EapTerms.Method.Typed(EapType.MD5))));
        var secrets =
                List.of(
                        SimConnection.secret("ike-1", "correct horse"),
                        SimConnection.password("eap-1", "Ar3etTnp", "client.test"));
        var office = SimConnection.between("client.test", "server.test");
        client.configured(List.of(office.rounds(eap, psk).build()), secrets);
        server.configured(
                List.of(office.mirrored().rounds(psk, eap).dpd(DPD_DELAY).build()), secrets);
        client.initiates("office", "net", server.address());
        world.run(Duration.ofSeconds(5));
        assertEquals(1, server.established());
        client.crashes();
        world.run(DPD_DELAY.plusSeconds(2));
        assertEquals(
                List.of(Reason.Plain.PEER_RESTARTED),
                server.events().stream()
                        .filter(Event.IkeDown.class::isInstance)
                        .map(e -> ((Event.IkeDown) e).reason())
                        .toList());
    }
}
