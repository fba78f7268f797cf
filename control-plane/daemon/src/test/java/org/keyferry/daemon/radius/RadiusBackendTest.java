package org.keyferry.daemon.radius;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.FakeRadius.Says;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.daemon.radius.packet.VendorAttribute;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

class RadiusBackendTest {
    private static final RadiusConf.Timing PATIENT =
            new RadiusConf.Timing(Duration.ofSeconds(1), 1.4, 4);
    private static final IkeSpi SPI = new IkeSpi(7);
    private static final Bytes REQUEST =
            EapPacket.request(9, EapType.ietf(4), Bytes.ofHex("0401020304")).encode();
    private static final Bytes RESPONSE =
            EapPacket.response(9, EapType.ietf(4), Bytes.ofHex("0405060708")).encode();
    private static final Bytes SUCCESS = EapPacket.success(9).encode();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Log log = new Log();
    private final AtomicInteger timeouts = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();
    private FakeRadius fake;

    RadiusBackendTest() {
        log.use(List.of());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        timer.shutdownNow();
    }

    static RadiusConf conf(boolean groups, boolean eapStart, String prefix) {
        return new RadiusConf(
                List.of(),
                new RadiusConf.Accounting(false, Duration.ZERO, true, false, false),
                false,
                groups,
                groups,
                eapStart,
                true,
                prefix,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private RadiusBackend backend(RadiusConf conf, Function<RadiusPacket, Optional<Says>> script)
            throws Exception {
        fake = new FakeRadius(Duration.ZERO, script);
        open.add(fake);
        var shared = new RadiusServer.Shared(timer, new SecureRandom(), log);
        var client =
                new RadiusClient(
                        List.of(
                                new RadiusServer(
                                        fake.conf("one", 0, PATIENT), fake.port(), shared)));
        open.add(client);
        return new RadiusBackend(
                conf, client, new RadiusAddresses(), timeouts::incrementAndGet, log);
    }

    private static EapQuery.Begin begin() {
        Identification carol = Identification.parse("carol@strongswan.org");
        return new EapQuery.Begin(
                "rw-eap",
                5,
                new IkeSpi(1),
                SPI,
                new Endpoint(IpAddress.parse("192.168.0.1"), 4500),
                new Endpoint(IpAddress.parse("192.168.0.100"), 1024),
                Identification.parse("moon.strongswan.org"),
                carol,
                carol,
                EapPacket.response(3, EapType.IDENTITY, Bytes.utf8("carol@strongswan.org"))
                        .encode());
    }

    private static EapAnswer ask(RadiusBackend backend, EapQuery query) throws Exception {
        var answer = new CompletableFuture<EapAnswer>();
        backend.ask(SPI, query, answer::complete);
        return answer.get(10, TimeUnit.SECONDS);
    }

    private static Optional<Says> says(int code, Bytes eap, RadiusAttribute... others) {
        var attributes = new ArrayList<>(List.of(others));
        attributes.addAll(RadiusPacket.eapMessages(eap));
        return Optional.of(new Says(code, attributes));
    }

    private static Optional<Says> challengeFirst(RadiusPacket request, Optional<Says> then) {
        return request.first(RadiusType.STATE).isEmpty()
                ? says(
                        RadiusCode.ACCESS_CHALLENGE,
                        REQUEST,
                        RadiusAttribute.of(RadiusType.STATE, Bytes.ofHex("0102")))
                : then;
    }

    private static EapAnswer login(RadiusBackend backend) throws Exception {
        assertEquals(new EapAnswer.Request(REQUEST), ask(backend, begin()));
        return ask(backend, new EapQuery.Response(RESPONSE));
    }

    private EapFacts accepted(RadiusConf conf, RadiusAttribute... attributes) throws Exception {
        RadiusBackend backend =
                backend(
                        conf,
                        request ->
                                challengeFirst(
                                        request,
                                        says(RadiusCode.ACCESS_ACCEPT, SUCCESS, attributes)));
        return assertInstanceOf(EapAnswer.Accepted.class, login(backend)).facts();
    }

    @Test
    void tellsTheServerWhoAsksAndCarriesStateAndEap() throws Exception {
        accepted(conf(false, false, ""));
        RadiusPacket first = fake.requests.get(0);
        assertEquals(Optional.of("carol@strongswan.org"), first.text(RadiusType.USER_NAME));
        assertEquals(Optional.of("rw-eap"), first.text(RadiusType.NAS_PORT_ID));
        assertEquals(Optional.of(5L), first.number(RadiusType.NAS_PORT));
        assertEquals(Optional.of(5L), first.number(RadiusType.NAS_PORT_TYPE));
        assertEquals(Optional.of(2L), first.number(RadiusType.SERVICE_TYPE));
        assertEquals(
                List.of(IpAddress.parse("192.168.0.1")),
                first.addresses(RadiusType.NAS_IP_ADDRESS).toList());
        assertEquals(Optional.of("192.168.0.1[4500]"), first.text(RadiusType.CALLED_STATION_ID));
        assertEquals(Optional.of("192.168.0.100[1024]"), first.text(RadiusType.CALLING_STATION_ID));
        assertEquals(Optional.of(begin().identityPacket()), first.eapMessage());
        RadiusPacket second = fake.requests.get(1);
        assertEquals(Optional.of(Bytes.ofHex("0102")), second.first(RadiusType.STATE));
        assertEquals(Optional.of(RESPONSE), second.eapMessage());
    }

    @Test
    void aPrefixGoesBeforeTheIdentity() throws Exception {
        accepted(conf(false, false, "0"));
        assertEquals(
                Optional.of("0carol@strongswan.org"),
                fake.requests.getFirst().text(RadiusType.USER_NAME));
        assertEquals(
                EapPacket.response(3, EapType.IDENTITY, Bytes.utf8("0carol@strongswan.org"))
                        .encode(),
                fake.requests.getFirst().eapMessage().orElseThrow());
    }

    @Test
    void eapStartIsAnEmptyMessage() throws Exception {
        accepted(conf(false, true, ""));
        assertEquals(
                List.of(Bytes.EMPTY),
                fake.requests.getFirst().all(RadiusType.EAP_MESSAGE).toList());
    }

    @Test
    void readsWhatTheServerGrants() throws Exception {
        EapFacts facts =
                accepted(
                        conf(true, false, ""),
                        RadiusAttribute.text(RadiusType.CLASS, "Research"),
                        RadiusAttribute.number(RadiusType.TUNNEL_TYPE, 0x0100_0009L),
                        RadiusAttribute.text(RadiusType.FILTER_ID, "filter"),
                        RadiusAttribute.address(
                                RadiusType.FRAMED_IP_ADDRESS, IpAddress.parse("10.3.0.7")),
                        RadiusAttribute.address(
                                RadiusType.FRAMED_IPV6_ADDRESS, IpAddress.parse("fec3::7")),
                        RadiusAttribute.number(RadiusType.SESSION_TIMEOUT, 3600),
                        RadiusAttribute.number(RadiusType.IDLE_TIMEOUT, 60),
                        RadiusAttribute.number(RadiusType.ACCT_INTERIM_INTERVAL, 300));
        assertEquals(List.of("Research", "filter"), facts.groups());
        assertEquals(
                List.of(IpAddress.parse("10.3.0.7"), IpAddress.parse("fec3::7")),
                facts.addresses());
        assertEquals(Optional.of(Duration.ofHours(1)), facts.sessionTimeout());
        assertEquals(Optional.of(Duration.ofMinutes(1)), facts.idleTimeout());
        assertEquals(Optional.of(Duration.ofMinutes(5)), facts.interimInterval());
        assertEquals(List.of(Bytes.utf8("Research")), facts.classes());
    }

    /// charon 5.9.8 (measured) goes on with the name that the client told, in accounting too.
    @Test
    void aNameInTheAnswerDoesNotReplaceTheClients() throws Exception {
        EapFacts facts =
                accepted(
                        conf(false, false, ""),
                        RadiusAttribute.text(RadiusType.USER_NAME, "captain"));
        assertEquals(Optional.empty(), facts.identity());
    }

    /// A filter is a group of tunnels only, and neither is one unless that was configured.
    @Test
    void groupsAreTakenOnlyAsConfigured() throws Exception {
        RadiusAttribute[] attributes = {
            RadiusAttribute.text(RadiusType.CLASS, "Research"),
            RadiusAttribute.text(RadiusType.FILTER_ID, "filter"),
            RadiusAttribute.address(
                    RadiusType.FRAMED_IP_ADDRESS, IpAddress.parse("255.255.255.254")),
        };
        assertEquals(List.of("Research"), accepted(conf(true, false, ""), attributes).groups());
        EapFacts facts = accepted(conf(false, false, ""), attributes);
        assertEquals(List.of(), facts.groups());
        assertEquals(List.of(), facts.addresses(), "the choice is left to us");
    }

    @Test
    void theKeysOfTheServerAreTheMsk() throws Exception {
        byte[] receive = new byte[32];
        byte[] send = new byte[32];
        java.util.Arrays.fill(receive, (byte) 1);
        java.util.Arrays.fill(send, (byte) 2);
        RadiusBackend backend =
                backend(
                        conf(false, false, ""),
                        request ->
                                challengeFirst(
                                        request,
                                        says(
                                                RadiusCode.ACCESS_ACCEPT,
                                                SUCCESS,
                                                key(
                                                        request,
                                                        VendorAttribute.MS_MPPE_SEND_KEY,
                                                        send),
                                                key(
                                                        request,
                                                        VendorAttribute.MS_MPPE_RECV_KEY,
                                                        receive))));
        var accepted = assertInstanceOf(EapAnswer.Accepted.class, login(backend));
        byte[] msk = accepted.msk().orElseThrow().array();
        assertArrayEquals(receive, java.util.Arrays.copyOf(msk, 32));
        assertArrayEquals(send, java.util.Arrays.copyOfRange(msk, 32, 64));
    }

    private static RadiusAttribute key(RadiusPacket request, int type, byte[] key) {
        return new VendorAttribute(VendorAttribute.MICROSOFT, type, FakeRadius.hidden(request, key))
                .encode();
    }

    @Test
    void oneKeyWithoutTheOtherIsRefused() throws Exception {
        RadiusBackend backend =
                backend(
                        conf(false, false, ""),
                        request ->
                                challengeFirst(
                                        request,
                                        says(
                                                RadiusCode.ACCESS_ACCEPT,
                                                SUCCESS,
                                                key(
                                                        request,
                                                        VendorAttribute.MS_MPPE_SEND_KEY,
                                                        new byte[32]))));
        assertRefused(
                "RADIUS server 'one' sent an invalid Access-Accept: one MS-MPPE key without the"
                        + " other",
                login(backend));
    }

    @Test
    void aRejectionComesWithItsReason() throws Exception {
        Bytes failure = EapPacket.failure(9).encode();
        RadiusBackend backend =
                backend(
                        conf(false, false, ""),
                        request ->
                                challengeFirst(
                                        request,
                                        says(
                                                RadiusCode.ACCESS_REJECT,
                                                failure,
                                                RadiusAttribute.text(
                                                        RadiusType.REPLY_MESSAGE, "expired"))));
        assertEquals(
                new EapAnswer.Rejected(
                        Optional.of(failure),
                        "RADIUS server refused 'carol@strongswan.org': expired"),
                login(backend));
        assertEquals(0, backend.underWay());
    }

    /// RFC 3579 §2.6.3: the packet and what it carries must not say different things.
    @ParameterizedTest
    @ValueSource(strings = {"0409000400", "04090004", "010900050400"})
    void anAcceptWithoutSuccessIsRefused(String eap) throws Exception {
        RadiusBackend backend =
                backend(
                        conf(false, false, ""),
                        request ->
                                challengeFirst(
                                        request, says(RadiusCode.ACCESS_ACCEPT, Bytes.ofHex(eap))));
        assertInstanceOf(EapAnswer.Rejected.class, login(backend));
    }

    @Test
    void successBeforeTheEndIsRefused() throws Exception {
        RadiusBackend backend =
                backend(conf(false, false, ""), _ -> says(RadiusCode.ACCESS_CHALLENGE, SUCCESS));
        assertRefused(
                "RADIUS server 'one' sent an invalid Access-Challenge: no EAP request in it",
                ask(backend, begin()));
    }

    @Test
    void aPeerCannotSaySuccessItself() throws Exception {
        RadiusBackend backend =
                backend(
                        conf(false, false, ""),
                        request -> challengeFirst(request, Optional.empty()));
        ask(backend, begin());
        assertRefused("peer sent no EAP response", ask(backend, new EapQuery.Response(SUCCESS)));
        assertEquals(1, fake.requests.size());
    }

    @Test
    void anEndlessConversationIsRefused() throws Exception {
        RadiusBackend backend =
                backend(conf(false, false, ""), _ -> says(RadiusCode.ACCESS_CHALLENGE, REQUEST));
        EapAnswer answer = ask(backend, begin());
        int rounds = 1;
        while (answer instanceof EapAnswer.Request && rounds < 200) {
            answer = ask(backend, new EapQuery.Response(RESPONSE));
            rounds++;
        }
        assertRefused("EAP goes on for ever", answer);
        assertEquals(100, fake.requests.size());
    }

    /// More than a RADIUS packet can hold is not sent.
    @Test
    void aPacketThatIsTooLargeIsRefused() throws Exception {
        RadiusBackend backend =
                backend(
                        conf(false, false, ""),
                        request -> challengeFirst(request, Optional.empty()));
        ask(backend, begin());
        Bytes large =
                EapPacket.response(9, EapType.ietf(13), Bytes.wrapOwned(new byte[4_080])).encode();
        EapAnswer answer = ask(backend, new EapQuery.Response(large));
        String why = assertInstanceOf(EapAnswer.Rejected.class, answer).why();
        assertTrue(why.startsWith("cannot send: a RADIUS packet of 4"), why);
    }

    @Test
    void anAbandonedLoginGetsNoAnswer() throws Exception {
        RadiusBackend backend = backend(conf(false, false, ""), _ -> Optional.empty());
        var answer = new CompletableFuture<EapAnswer>();
        backend.ask(SPI, begin(), answer::complete);
        backend.ask(SPI, new EapQuery.Abandon(), answer::complete);
        for (AutoCloseable each : open) {
            each.close();
        }
        assertEquals(0, backend.underWay());
        assertTrue(!answer.isDone());
    }

    @Test
    void silenceIsRefusedAndTold() throws Exception {
        RadiusBackend backend = backend(conf(false, false, ""), _ -> Optional.empty());
        var answer = new CompletableFuture<EapAnswer>();
        backend.ask(SPI, begin(), answer::complete);
        for (AutoCloseable each : open.reversed()) {
            each.close(); // fails what is on its way, as time does
        }
        assertInstanceOf(EapAnswer.Rejected.class, answer.get(10, TimeUnit.SECONDS));
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (timeouts.get() == 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertEquals(1, timeouts.get());
    }

    private static void assertRefused(String why, EapAnswer answer) {
        assertEquals(new EapAnswer.Rejected(Optional.empty(), why), answer);
    }
}
