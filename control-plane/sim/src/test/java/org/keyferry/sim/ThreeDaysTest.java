package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.UniquePolicy;

/// Two peers that live three days, with lifetimes from minutes to a day, over networks from perfect
/// to miserable: at the end each side has exactly what is configured, and so has its kernel.
class ThreeDaysTest {
    private static final int SEEDS = Integer.getInteger("keyferry.sim.seeds", 40);
    private static final Duration LIFE = Duration.ofDays(3);
    private static final Duration CALM = Duration.ofHours(1);
    private static final Duration WATCH = Duration.ofMinutes(2);
    private static final List<String> CHILDREN = List.of("net", "voice");

    @Test
    void exactlyWhatIsConfiguredIsLeft() {
        LongStream.range(0, SEEDS).parallel().forEach(seed -> new Story(seed).run());
    }

    /// What a seed makes of the world. Even seeds are of a perfect network, where nothing may be
    /// lost at all.
    private static final class Story {
        private final long seed;
        private final SplittableRandom choice;
        private final SimWorld world;
        private final SimPeer a;
        private final SimPeer b;
        private final boolean perfect;
        private long wishes;

        Story(long seed) {
            this.seed = seed;
            this.choice = new SplittableRandom(seed);
            this.world = SimWorld.seeded(seed);
            this.a = world.peer("a", "192.0.2.1");
            this.b = world.peer("b", "192.0.2.2");
            this.perfect = seed % 2 == 0;
        }

        private Duration between(Duration least, Duration most) {
            // as many short as long ones
            double from = Math.log((double) least.toSeconds());
            double to = Math.log((double) most.toSeconds());
            double log = from + choice.nextDouble() * (to - from);
            return Duration.ofSeconds((long) Math.exp(log));
        }

        private SimConnection lifetimes(SimConnection connection) {
            Duration child = between(Duration.ofMinutes(10), Duration.ofDays(1));
            Duration ike = between(Duration.ofMinutes(20), Duration.ofDays(1));
            return connection
                    .childLifetime(child, child.plus(child.dividedBy(10)), child.dividedBy(10))
                    .ikeLifetime(ike, ike.dividedBy(10), ike.dividedBy(10));
        }

        private SimConnection office() {
            var connection =
                    SimConnection.between("a.test", "b.test")
                            .child("voice", "10.3.0.0/16", "10.4.0.0/16")
                            .unique(UniquePolicy.REPLACE)
                            .dpd(Duration.ofMinutes(2));
            return choice.nextBoolean()
                    ? connection
                    : connection.esp(
                            SimConnection.espProposal(
                                    SimConnection.AES_GCM_16, SimConnection.X25519));
        }

        void run() {
            var mine = lifetimes(office());
            var theirs = lifetimes(mine.mirrored());
            var key = SimConnection.secret("ike-1", "correct horse");
            a.configured(List.of(mine.build()), List.of(key));
            b.configured(List.of(theirs.build()), List.of(key));
            keepUp();
            world.run(Duration.ofSeconds(10));
            if (perfect) {
                world.traffic().flows(CHILDREN.size());
                world.network().jitter(Duration.ofMillis(choice.nextInt(1, 3_000)));
            } else {
                world.network()
                        .loss(choice.nextDouble() * 0.3)
                        .duplication(choice.nextDouble() * 0.2)
                        .jitter(Duration.ofMillis(choice.nextInt(1, 3_000)));
            }
            live();
            world.network().loss(0).duplication(0).jitter(Duration.ZERO);
            for (Duration calm = Duration.ZERO; calm.compareTo(CALM) < 0; calm = calm.plus(WATCH)) {
                keepUp();
                world.run(WATCH);
            }
            check();
        }

        private void live() {
            for (Duration age = Duration.ZERO; age.compareTo(LIFE) < 0; age = age.plus(WATCH)) {
                if (!perfect) {
                    disturb();
                    keepUp();
                }
                world.run(WATCH);
            }
        }

        /// As the configuration's actions do: what is not up is asked for.
        private void keepUp() {
            for (String child : CHILDREN) {
                if (a.children(child).isEmpty()) {
                    a.initiates("office", child, b.address());
                    wishes++;
                }
            }
        }

        /// About once a day somebody crashes or is restarted, or both rekey at once.
        private void disturb() {
            switch (choice.nextInt(4 * 720)) {
                case 0 -> (choice.nextBoolean() ? a : b).crashes();
                case 1 -> (choice.nextBoolean() ? a : b).restartsFromSnapshots();
                case 2, 3 ->
                        List.of(a, b)
                                .forEach(p -> p.views().forEach(v -> p.rekeysIke(v.uniqueId())));
                default -> {}
            }
        }

        private void check() {
            try {
                world.checkAgreement();
                for (SimPeer peer : List.of(a, b)) {
                    assertEquals(1, peer.established(), peer.name() + "'s IKE_SAs");
                    for (String child : CHILDREN) {
                        assertEquals(1, peer.children(child).size(), peer.name() + "'s " + child);
                    }
                }
                if (perfect) {
                    assertEquals(List.of(), world.traffic().lost());
                    assertEquals(CHILDREN.size(), wishes, "nothing came down");
                }
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
