package org.keyferry.daemon.radius;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

class AccountingTest {
    private static final Instant BEGIN = Instant.parse("2026-11-24T12:00:00Z");
    private static final RadiusConf.Timing QUICK =
            new RadiusConf.Timing(Duration.ofMillis(300), 1, 3);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Log log = new Log();
    private final Map<StateKey, Counters> kernel = new HashMap<>();
    private final CompletableFuture<Integer> timedOut = new CompletableFuture<>();
    private final FakeRadius fake = FakeRadius.saying(RadiusCode.ACCOUNTING_RESPONSE);
    private final RadiusClient client;
    private final Accounting accounting;
    private volatile Instant now = BEGIN;
    private EapFacts facts = EapFacts.NONE;

    AccountingTest() throws IOException {
        log.use(List.of());
        var shared = new RadiusServer.Shared(timer, new SecureRandom(), log);
        client =
                new RadiusClient(
                        List.of(new RadiusServer(fake.conf("one", 0, QUICK), fake.port(), shared)));
        accounting = accounting(conf(false));
    }

    private Accounting accounting(RadiusConf conf) {
        return new Accounting(
                conf, client, () -> kernel, timedOut::complete, () -> now, timer, log);
    }

    @AfterEach
    void close() {
        accounting.close();
        client.close();
        fake.close();
        timer.shutdownNow();
    }

    private static RadiusConf conf(boolean requiresVip) {
        return new RadiusConf(
                List.of(),
                new RadiusConf.Accounting(true, Duration.ofHours(1), true, requiresVip, true),
                false,
                false,
                false,
                false,
                false,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private IkeView ike(int uniqueId) {
        return TestViews.ike(uniqueId, "carol", "192.0.2.2", facts);
    }

    private static Counters counters(long bytes, long packets) {
        return new Counters(bytes, packets, Optional.empty());
    }

    private void removed(ChildView child, long in, long out) {
        accounting.removing(child.installation(), true, Optional.of(counters(in, 2)));
        accounting.removing(child.installation(), false, Optional.of(counters(out, 1)));
    }

    private RadiusPacket record(int number) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (fake.requests.size() <= number && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertTrue(fake.requests.size() > number, "record " + number + " was not sent");
        return fake.requests.get(number);
    }

    private static long number(RadiusPacket packet, int type) {
        return packet.number(type).orElseThrow();
    }

    @Test
    void aSessionBeginsAndEnds() {
        facts =
                new EapFacts(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of(Bytes.utf8("Research")),
                        Optional.empty(),
                        Optional.empty());
        accounting.tell(new Event.IkeUp(ike(3)));
        accounting.tell(new Event.ChildUp(ike(3), TestViews.child(8)));
        RadiusPacket start = record(0);
        assertEquals(1, number(start, RadiusType.ACCT_STATUS_TYPE));
        assertEquals(
                Optional.of(BEGIN.getEpochSecond() + "-1"), start.text(RadiusType.ACCT_SESSION_ID));
        assertEquals(Optional.of("carol"), start.text(RadiusType.USER_NAME));
        assertEquals(Optional.of("Research"), start.text(RadiusType.CLASS));
        assertEquals(Optional.of("192.0.2.2"), start.text(RadiusType.CALLING_STATION_ID));
        assertEquals(Optional.of("moon"), start.text(RadiusType.NAS_IDENTIFIER));
        assertEquals(BEGIN.getEpochSecond(), number(start, RadiusType.EVENT_TIMESTAMP));
        now = BEGIN.plusSeconds(90);
        accounting.tell(new Event.IkeDown(ike(3), Reason.Plain.PEER_DELETED));
        removed(TestViews.child(8), 7_100, 5_000);
        RadiusPacket stop = record(1);
        assertEquals(2, number(stop, RadiusType.ACCT_STATUS_TYPE));
        assertEquals(start.text(RadiusType.ACCT_SESSION_ID), stop.text(RadiusType.ACCT_SESSION_ID));
        assertEquals(7_100, number(stop, RadiusType.ACCT_INPUT_OCTETS));
        assertEquals(5_000, number(stop, RadiusType.ACCT_OUTPUT_OCTETS));
        assertEquals(2, number(stop, RadiusType.ACCT_INPUT_PACKETS));
        assertEquals(1, number(stop, RadiusType.ACCT_OUTPUT_PACKETS));
        assertEquals(90, number(stop, RadiusType.ACCT_SESSION_TIME));
        assertEquals(1, number(stop, RadiusType.ACCT_TERMINATE_CAUSE), "User Request");
    }

    @Test
    void tellsTheAddressThatThePeerHas() {
        accounting.tell(
                new Event.IkeUp(
                        TestViews.ike(
                                3, "carol", "192.0.2.2", facts, TestViews.leased("10.3.0.7"))));
        assertEquals(
                List.of(IpAddress.parse("10.3.0.7")),
                record(0).addresses(RadiusType.FRAMED_IP_ADDRESS).toList());
    }

    /// `accounting_requires_vip`
    @Test
    void aSessionWithoutAddressCanBeLeftOut() {
        try (var others = accounting(conf(true))) {
            others.tell(new Event.IkeUp(ike(3)));
            others.tell(new Event.IkeDown(ike(3), Reason.Plain.PEER_DELETED));
            others.tell(
                    new Event.IkeUp(
                            TestViews.ike(
                                    4, "dave", "192.0.2.3", facts, TestViews.leased("10.3.0.7"))));
            assertEquals(Optional.of("dave"), record(0).text(RadiusType.USER_NAME));
        }
        assertEquals(1, fake.requests.size());
    }

    /// Whatever replaced whatever, it is one session with one sum.
    @Test
    void totalsGoOnOverRekeyings() {
        accounting.tell(new Event.IkeUp(ike(3)));
        accounting.tell(new Event.ChildUp(ike(3), TestViews.child(8)));
        accounting.tell(new Event.ChildRekeyed(ike(3), TestViews.child(8), TestViews.child(9)));
        accounting.tell(new Event.IkeRekeyed(ike(3), ike(4)));
        removed(TestViews.child(8), 100, 10);
        accounting.tell(new Event.ChildRekeyed(ike(4), TestViews.child(9), TestViews.child(10)));
        accounting.tell(new Event.IkeDown(ike(4), Reason.Plain.SHUTDOWN));
        removed(TestViews.child(10), 300, 30);
        record(0);
        assertEquals(1, fake.requests.size(), "9 is still there");
        removed(TestViews.child(9), 200, 20);
        RadiusPacket stop = record(1);
        assertEquals(600, number(stop, RadiusType.ACCT_INPUT_OCTETS));
        assertEquals(60, number(stop, RadiusType.ACCT_OUTPUT_OCTETS));
        assertEquals(
                record(0).text(RadiusType.ACCT_SESSION_ID), stop.text(RadiusType.ACCT_SESSION_ID));
        assertEquals(7, number(stop, RadiusType.ACCT_TERMINATE_CAUSE), "Admin Reboot");
    }

    @Test
    void interimRecordsHaveWhatTheKernelCountsAtPresent() {
        accounting.tell(new Event.IkeUp(ike(3)));
        accounting.tell(new Event.ChildUp(ike(3), TestViews.child(8)));
        accounting.tell(new Event.ChildUp(ike(3), TestViews.child(9)));
        record(0);
        removed(TestViews.child(8), 5, 0);
        long much = (3L << 32) + 17;
        kernel.put(StateKey.inbound(TestViews.child(9).installation()), counters(much, 9));
        kernel.put(StateKey.outbound(TestViews.child(9).installation()), counters(40, 4));
        now = BEGIN.plusSeconds(1_800);
        accounting.interim();
        now = BEGIN.plusSeconds(3_600);
        accounting.interim();
        RadiusPacket interim = record(1);
        assertEquals(3, number(interim, RadiusType.ACCT_STATUS_TYPE));
        assertEquals(3_600, number(interim, RadiusType.ACCT_SESSION_TIME), "not the half hour");
        assertEquals(22, number(interim, RadiusType.ACCT_INPUT_OCTETS));
        assertEquals(3, number(interim, RadiusType.ACCT_INPUT_GIGAWORDS));
        assertEquals(40, number(interim, RadiusType.ACCT_OUTPUT_OCTETS));
        assertEquals(Optional.empty(), interim.number(RadiusType.ACCT_OUTPUT_GIGAWORDS));
        assertEquals(11, number(interim, RadiusType.ACCT_INPUT_PACKETS));
    }

    /// The interval of the Access-Accept counts more than the configured one.
    @Test
    void theServerSetsTheInterval() {
        facts =
                new EapFacts(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        Optional.of(Duration.ofMinutes(5)));
        accounting.tell(new Event.IkeUp(ike(3)));
        record(0);
        now = BEGIN.plusSeconds(300);
        accounting.interim();
        assertEquals(3, number(record(1), RadiusType.ACCT_STATUS_TYPE));
    }

    @Test
    void anInterimRecordThatNobodyAnswersIsTold() throws Exception {
        accounting.tell(new Event.IkeUp(ike(3)));
        record(0);
        fake.follow(_ -> Optional.empty());
        now = BEGIN.plusSeconds(3_600);
        accounting.interim();
        assertEquals(3, timedOut.get(10, TimeUnit.SECONDS));
    }

    /// What was counted last stands in for a state that is gone without a word.
    @Test
    void aStateThatIsGoneKeepsItsLastCounters() {
        accounting.tell(new Event.IkeUp(ike(3)));
        accounting.tell(new Event.ChildUp(ike(3), TestViews.child(8)));
        record(0);
        kernel.put(StateKey.inbound(TestViews.child(8).installation()), counters(70, 7));
        now = BEGIN.plusSeconds(3_600);
        accounting.interim();
        record(1);
        accounting.removing(TestViews.child(8).installation(), true, Optional.empty());
        accounting.removing(TestViews.child(8).installation(), false, Optional.empty());
        accounting.tell(new Event.IkeDown(ike(3), new Reason.Timeout("INFORMATIONAL", 6)));
        RadiusPacket stop = record(2);
        assertEquals(70, number(stop, RadiusType.ACCT_INPUT_OCTETS));
        assertEquals(2, number(stop, RadiusType.ACCT_TERMINATE_CAUSE), "Lost Carrier");
    }

    /// The daemon's end sends what the kernel has not told the end of.
    @Test
    void closingSendsTheLastRecords() {
        accounting.tell(new Event.IkeUp(ike(3)));
        accounting.tell(new Event.ChildUp(ike(3), TestViews.child(8)));
        record(0);
        accounting.tell(new Event.IkeDown(ike(3), Reason.Plain.SHUTDOWN));
        accounting.close();
        assertEquals(2, number(record(1), RadiusType.ACCT_STATUS_TYPE));
    }
}
