package org.keyferry.daemon.radius;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusSeal;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

class ChangeRequestsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final RadiusSeal SEAL = new RadiusSeal(FakeRadius.secret("dae"));
    private static final Bytes NO_RANDOM = Bytes.wrapOwned(new byte[16]);

    private final Log log = new Log();
    private final List<String> done = new ArrayList<>();
    private final List<IkeView> up =
            List.of(
                    TestViews.ike(3, "carol", "192.0.2.2", EapFacts.NONE),
                    TestViews.ike(
                            4, "dave", "192.0.2.3", EapFacts.NONE, TestViews.leased("10.3.0.7")),
                    TestViews.ike(5, "carol", "192.0.2.4", EapFacts.NONE));

    private final ChangeRequests requests =
            new ChangeRequests(
                    conf(),
                    SEAL,
                    new RunningSessions() {
                        @Override
                        public List<IkeView> established() {
                            return up;
                        }

                        @Override
                        public void disconnect(IkeView ike) {
                            done.add("disconnect " + ike.uniqueId());
                        }

                        @Override
                        public void limit(IkeView ike, Duration time) {
                            done.add("limit " + ike.uniqueId() + " " + time.toSeconds());
                        }
                    },
                    ike -> Optional.of("1-" + ike.uniqueId()),
                    () -> NOW,
                    log);

    ChangeRequestsTest() {
        log.use(List.of());
    }

    private static RadiusConf conf() {
        return new RadiusConf(
                List.of(
                        new RadiusConf.Server(
                                "one",
                                "127.0.0.1",
                                FakeRadius.secret("x"),
                                "moon",
                                1812,
                                1813,
                                1,
                                Optional.empty(),
                                0,
                                new RadiusConf.Timing(Duration.ofSeconds(2), 1.4, 4))),
                new RadiusConf.Accounting(true, Duration.ZERO, true, false, false),
                false,
                false,
                false,
                false,
                true,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private RadiusPacket ask(int code, RadiusAttribute... attributes) throws MalformedRadius {
        Bytes request = SEAL.request(code, 7, NO_RANDOM, List.of(attributes));
        return SEAL.openAnswer(requests.answer(request), request);
    }

    private static RadiusAttribute text(int type, String text) {
        return RadiusAttribute.text(type, text);
    }

    @Test
    void disconnectsAllSessionsOfAUser() throws Exception {
        RadiusPacket answer =
                ask(
                        RadiusCode.DISCONNECT_REQUEST,
                        text(RadiusType.USER_NAME, "carol"),
                        text(RadiusType.NAS_IDENTIFIER, "moon"),
                        text(RadiusType.PROXY_STATE, "p1"),
                        RadiusAttribute.number(
                                RadiusType.EVENT_TIMESTAMP, NOW.getEpochSecond() - 299));
        assertEquals(RadiusCode.DISCONNECT_ACK, answer.code());
        assertEquals(Optional.of("p1"), answer.text(RadiusType.PROXY_STATE));
        assertEquals(List.of("disconnect 3", "disconnect 5"), done);
    }

    /// What is given must all fit the same session.
    @Test
    void oneSessionIsFoundByMore() throws Exception {
        ask(
                RadiusCode.DISCONNECT_REQUEST,
                text(RadiusType.USER_NAME, "carol"),
                text(RadiusType.ACCT_SESSION_ID, "1-5"));
        ask(RadiusCode.DISCONNECT_REQUEST, text(RadiusType.CALLING_STATION_ID, "192.0.2.2[4500]"));
        ask(RadiusCode.DISCONNECT_REQUEST, text(RadiusType.CALLING_STATION_ID, "192.0.2.2"));
        ask(
                RadiusCode.DISCONNECT_REQUEST,
                RadiusAttribute.address(RadiusType.FRAMED_IP_ADDRESS, IpAddress.parse("10.3.0.7")));
        assertEquals(List.of("disconnect 5", "disconnect 3", "disconnect 3", "disconnect 4"), done);
    }

    @Test
    void changesTheTimeOfASession() throws Exception {
        RadiusPacket answer =
                ask(
                        RadiusCode.COA_REQUEST,
                        text(RadiusType.USER_NAME, "dave"),
                        RadiusAttribute.number(RadiusType.SESSION_TIMEOUT, 600));
        assertEquals(RadiusCode.COA_ACK, answer.code());
        assertEquals(List.of("limit 4 600"), done);
    }

    /// Codes of RFC 5176 §3.5: 401 Unsupported Attribute, 402 Missing Attribute, 403 NAS
    /// Identification Mismatch, 407 Invalid Attribute Value, 503 Session Context Not Found.
    @ParameterizedTest
    @CsvSource({
        "40, 1, nobody, 503",
        "40, 18, hello, 402",
        "40, 11, filter, 401",
        "40, 27, 4bytes, 401",
        "40, 32, sun, 403",
        "43, 1, carol, 402",
        "43, 27, 4bytes5, 402",
    })
    void refuses(int code, int type, String value, int cause) throws Exception {
        RadiusPacket answer = ask(code, text(type, value));
        assertEquals(code + 2, answer.code(), "NAK");
        assertEquals(Optional.of((long) cause), answer.number(RadiusType.ERROR_CAUSE));
        assertEquals(List.of(), done);
    }

    @Test
    void refusesATimeThatIsNone() throws Exception {
        RadiusPacket answer =
                ask(
                        RadiusCode.COA_REQUEST,
                        text(RadiusType.USER_NAME, "carol"),
                        text(RadiusType.SESSION_TIMEOUT, "60"));
        assertEquals(Optional.of(407L), answer.number(RadiusType.ERROR_CAUSE));
    }

    @Test
    void doesNotAnswerWhatIsNotAuthenticOrOld() {
        Bytes forged =
                new RadiusSeal(FakeRadius.secret("guess"))
                        .request(
                                RadiusCode.DISCONNECT_REQUEST,
                                7,
                                NO_RANDOM,
                                List.of(text(RadiusType.USER_NAME, "carol")));
        assertThrows(MalformedRadius.class, () -> requests.answer(forged));
        assertThrows(
                MalformedRadius.class,
                () ->
                        ask(
                                RadiusCode.DISCONNECT_REQUEST,
                                text(RadiusType.USER_NAME, "carol"),
                                RadiusAttribute.number(
                                        RadiusType.EVENT_TIMESTAMP, NOW.getEpochSecond() - 301)));
        assertThrows(
                MalformedRadius.class,
                () -> ask(RadiusCode.ACCOUNTING_REQUEST, text(RadiusType.USER_NAME, "carol")));
        assertEquals(List.of(), done);
    }

    /// Over the wire, where a repeated request does not act twice.
    @Test
    void aRepeatedRequestGetsTheSameAnswer() throws Exception {
        var dae = new RadiusConf.DynamicAuthorization("127.0.0.1", 0, FakeRadius.secret("dae"));
        Bytes request =
                SEAL.request(
                        RadiusCode.DISCONNECT_REQUEST,
                        7,
                        NO_RANDOM,
                        List.of(text(RadiusType.USER_NAME, "dave")));
        try (var listener = new ChangeListener(dae, requests, log);
                var socket = new DatagramSocket()) {
            socket.connect(InetAddress.getLoopbackAddress(), listener.port());
            socket.setSoTimeout(10_000);
            Bytes first = exchange(socket, request);
            assertEquals(first, exchange(socket, request));
            assertEquals(RadiusCode.DISCONNECT_ACK, SEAL.openAnswer(first, request).code());
        }
        assertEquals(List.of("disconnect 4"), done);
    }

    private static Bytes exchange(DatagramSocket socket, Bytes request) throws Exception {
        byte[] bytes = request.toArray();
        socket.send(new DatagramPacket(bytes, bytes.length));
        byte[] buffer = new byte[4096];
        var answer = new DatagramPacket(buffer, buffer.length);
        socket.receive(answer);
        return Bytes.of(buffer).slice(0, answer.getLength());
    }
}
