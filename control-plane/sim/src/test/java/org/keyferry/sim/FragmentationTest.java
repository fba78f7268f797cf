package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.Fragmentation;

/// RFC 7383: an IKE_AUTH whose 120 traffic selectors on each side do not fit into one packet.
class FragmentationTest {
    private static final int SELECTORS = 120;

    private final SimWorld world = SimWorld.seeded(11);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private static SimConnection large() {
        return SimConnection.between("laptop.test", "gateway.test").manySelectors(SELECTORS);
    }

    private void configure(Fragmentation own, Fragmentation peers) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(large().fragmentation(own).build()), List.of(key));
        gateway.configured(List.of(large().mirrored().fragmentation(peers).build()), List.of(key));
    }

    private long lines(String text) {
        return world.transcript().stream().filter(line -> line.contains(text)).count();
    }

    private static long logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(event -> ((Event.Logged) event).text())
                .filter(line -> line.contains(text))
                .count();
    }

    private void connects() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(60));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(
                SELECTORS,
                gateway.views().getFirst().children().getFirst().installation().localTs().size());
        world.checkAgreement();
    }

    @Test
    void aLargeMessageTravelsInPiecesThatFit() {
        configure(Fragmentation.YES, Fragmentation.YES);
        world.network().mtu(1_280);
        connects();
        assertEquals(1, lines("IKE_SA_INIT request"), "never in fragments");
        assertEquals(4, lines("IKE_AUTH request 1"), "240 selectors of 16 bytes");
        assertEquals(4, lines("IKE_AUTH response 1"));
        assertEquals(1, logged(laptop, "splitting IKE message"));
        assertEquals(
                1, logged(laptop, "received fragment #4 of 4, reassembled fragmented IKE message"));
    }

    /// Without an agreement the message goes whole, and this network does not carry it.
    @ParameterizedTest
    @EnumSource(
            value = Fragmentation.class,
            names = {"YES", "FORCE"},
            mode = Mode.EXCLUDE)
    void oneSideAloneDoesNotFragment(Fragmentation other) {
        configure(other, Fragmentation.YES);
        connects();
        assertEquals(1, lines("IKE_AUTH request 1"), "neither NO nor ACCEPT sends fragments");
        assertEquals(other == Fragmentation.NO ? 1 : 4, lines("IKE_AUTH response 1"));
    }

    @Test
    void aResponderThatDoesNotWantThemGetsNone() {
        configure(Fragmentation.FORCE, Fragmentation.NO);
        connects();
        assertEquals(1, lines("IKE_AUTH request 1"));
    }

    @Test
    void oneLostFragmentHasAllSentAgain() {
        configure(Fragmentation.YES, Fragmentation.YES);
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMillis(30));
        world.network().losesOf("IKE_AUTH request 1", 2);
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(8, lines("IKE_AUTH request 1"));
        assertEquals(4, lines("IKE_AUTH response 1"), "the request was handled once");
    }

    /// RFC 7383 2.6.1: only fragment 1 of a repeated request asks for the answer.
    @Test
    void aLostPieceOfTheAnswerBringsTheWholeAnswerOnceMore() {
        configure(Fragmentation.YES, Fragmentation.YES);
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMillis(30));
        world.network().losesOf("IKE_AUTH response 1", 3);
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(8, lines("IKE_AUTH request 1"));
        assertEquals(8, lines("IKE_AUTH response 1"));
        world.checkAgreement();
    }

    @Test
    void aRestartedDaemonAnswersAgainInFragments() {
        configure(Fragmentation.YES, Fragmentation.YES);
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMillis(30));
        world.network().losesOf("IKE_AUTH response 1", 1);
        world.run(Duration.ofSeconds(1));
        assertEquals(1, gateway.restartsFromSnapshots());
        world.run(Duration.ofSeconds(10));
        assertEquals(1, laptop.established());
        world.checkAgreement();
    }

    @Test
    void badNetworksOnlyCostTime() {
        LongStream.range(0, 60)
                .parallel()
                .forEach(
                        seed -> {
                            var bad = SimWorld.seeded(seed);
                            SimPeer a = bad.peer("a", "192.0.2.1");
                            SimPeer b = bad.peer("b", "192.0.2.2");
                            var key = SimConnection.secret("ike-1", "correct horse");
                            a.configured(List.of(large().keyingTries(0).build()), List.of(key));
                            b.configured(List.of(large().mirrored().build()), List.of(key));
                            bad.network()
                                    .mtu(1_280)
                                    .loss(0.1)
                                    .duplication(0.2)
                                    .jitter(Duration.ofMillis(50));
                            long request = a.initiates("office", "net", b.address());
                            bad.run(Duration.ofMinutes(30));
                            assertEquals(
                                    Optional.of(Optional.empty()),
                                    a.outcome(request),
                                    "seed " + seed);
                            bad.network().loss(0);
                            bad.run(Duration.ofMinutes(6));
                            bad.checkAgreement();
                            assertTrue(b.established() >= 1, "seed " + seed);
                        });
    }
}
