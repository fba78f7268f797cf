package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Event;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.nativeshim.Libc;
import org.keyferry.nativeshim.PacketSocket;
import org.keyferry.settings.ForecastConf;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;

/// When the kernel is told which CHILD_SAs multicasts go through. The sockets are there, and hear
/// nothing.
class ForecastRulesTest {
    private static final String OWN = "mark_in = %unique\nmark_out = %unique";
    private static final int LOOPBACK = 1;
    private static final long NOTHING = 0x06L << 48;

    private final Child config =
            TestConnections.of("remote_addrs = 192.0.2.2", OWN).child("net").orElseThrow();
    private final BlockingQueue<String> applied = new LinkedBlockingQueue<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private Forecast forecast;

    @BeforeEach
    void open() throws Exception {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs root");
        int type = Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC;
        var sockets =
                new ForecastSockets(
                        IpAddress.parse("10.1.255.255"),
                        Libc.socket(Libc.AF_INET, type, 0),
                        Libc.socket(Libc.AF_INET, type, 0),
                        PacketSocket.open(PacketSocket.ETH_P_IP, LOOPBACK, NOTHING),
                        PacketSocket.open(PacketSocket.ETH_P_IP, LOOPBACK, NOTHING));
        var conf = new ForecastConf(true, List.of(), Optional.empty(), Set.of());
        forecast = new Forecast(conf, sockets, this::apply, 4500, new Log());
    }

    @AfterEach
    void close() throws Exception {
        goOn.countDown();
        if (forecast != null) {
            forecast.close();
        }
    }

    /// The first one takes its time.
    private void apply(String rules) {
        applied.add(rules);
        try {
            assertTrue(goOn.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String next() throws InterruptedException {
        String rules = applied.poll(10, TimeUnit.SECONDS);
        assertTrue(rules != null, "nothing was applied");
        return rules;
    }

    private ChildView child(int number, String peersHost) {
        var mark = new Mark(number, -1);
        var end = new Endpoint(IpAddress.parse("192.0.2.1"), 4500);
        var installation =
                new ChildInstallation(
                        "gw",
                        3,
                        number,
                        config,
                        ChildMode.TUNNEL,
                        ProtocolId.ESP,
                        Optional.empty(),
                        false,
                        new ChildTags(mark, mark, Mark.NONE, Mark.NONE, 0, 0),
                        5,
                        new ChildSpi(0xc0000000 + number),
                        new ChildSpi(0xd0000000 + number),
                        end,
                        end,
                        true,
                        new Transform(1, 20, 128),
                        null,
                        false,
                        List.of(TrafficSelector.of(AddressRange.parse("10.1.0.0/16"))),
                        List.of(TrafficSelector.of(AddressRange.host(IpAddress.parse(peersHost)))),
                        0,
                        0,
                        false,
                        0,
                        List.of());
        return new ChildView(installation, "INSTALLED", Instant.EPOCH);
    }

    private static String entry(int number) {
        return "0x%x : 0x%x".formatted(0xc0000000 + number, number);
    }

    @Test
    void aPeerThatMovedIsFollowed() throws Exception {
        goOn.countDown();
        forecast.tell(new Event.ChildUp(null, child(1, "192.0.2.7")));
        assertTrue(next().contains("192.0.2.7"));
        forecast.tell(new Event.ChildMoved(null, child(2, "192.0.2.8"), child(2, "192.0.2.9")));
        forecast.tell(new Event.ChildMoved(null, child(1, "192.0.2.7"), child(1, "198.51.100.7")));
        String rules = next();
        assertTrue(rules.contains("198.51.100.7"), rules);
        assertFalse(rules.contains("192.0.2.7"), rules);
        assertFalse(rules.contains("192.0.2.9"), "one that is gone already");
        forecast.tell(
                new Event.ChildDown(null, child(1, "198.51.100.7"), new Reason.NoAddress("test")));
        assertFalse(next().contains("198.51.100.7"));
    }

    @Test
    void manyThatComeTogetherAreOneChange() throws Exception {
        forecast.tell(new Event.ChildUp(null, child(1, "10.2.0.1")));
        assertTrue(next().contains(entry(1)));
        for (int number = 2; number <= 100; number++) {
            forecast.tell(new Event.ChildUp(null, child(number, "10.2.0." + number)));
        }
        goOn.countDown();
        String rules = next();
        for (int number = 1; number <= 100; number++) {
            assertTrue(rules.contains(entry(number)), rules);
        }
        forecast.close();
        next(); // the end
        assertEquals(0, applied.size());
        forecast = null;
    }

    /// A filter has an end; what goes to networks of peers does not need it.
    @Test
    void morePeersThanAFilterTakesHaveTheirMarks() throws Exception {
        goOn.countDown();
        int many = 2_100;
        for (int number = 1; number <= many; number++) {
            forecast.tell(new Event.ChildUp(null, child(number, "10.2.0.1")));
        }
        String rules = next();
        while (!rules.contains(entry(many))) {
            rules = next();
        }
        forecast.tell(
                new Event.ChildDown(null, child(many, "10.2.0.1"), new Reason.NoAddress("test")));
        assertFalse(next().contains(entry(many)));
    }
}
