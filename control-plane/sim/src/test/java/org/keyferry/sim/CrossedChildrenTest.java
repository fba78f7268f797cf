package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Both ends set up the same further CHILD_SA at once: one is what remains.
class CrossedChildrenTest {
    private static final int SEEDS = 150;
    private static final int ML_KEM_768 = 36;

    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void oneOfThemRemains(int lossPercent) {
        int crossed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            crossed += requestsOf(seed, lossPercent) > 1 ? 1 : 0;
        }
        assertTrue(crossed > SEEDS / 4, crossed + " of " + SEEDS + " crossed");
    }

    /// Additional key exchanges (RFC 9370) take round trips of their own, in which this end may
    /// want what the other one has begun. The first DELETE is lost: neither end may rely on that of
    /// the other one.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void alsoWhereEitherTakesItsTime(boolean leftFirst) {
        var transforms =
                new ArrayList<>(
                        SimConnection.espProposal(SimConnection.AES_GCM_16, SimConnection.X25519)
                                .transforms());
        transforms.add(new Transform(TransformType.ADDKE1, ML_KEM_768, 0));
        var slow = new Proposal(1, ProtocolId.ESP, Bytes.EMPTY, transforms);
        for (int lag = 0; lag < 150; lag += 2) {
            requestsOf(office().esp(slow), lag, 0, leftFirst, Duration.ofMillis(lag));
        }
    }

    private static SimConnection office() {
        return SimConnection.between("left.test", "right.test")
                .child("voice", "10.3.0.0/16", "10.4.0.0/16");
    }

    private static int requestsOf(long seed, int lossPercent) {
        var random = new SplittableRandom(seed);
        boolean leftFirst = random.nextBoolean();
        var lag = Duration.ofMillis(random.nextInt(60));
        return requestsOf(office(), seed, lossPercent, leftFirst, lag);
    }

    /// @return how many asked for the CHILD_SA
    private static int requestsOf(
            SimConnection office, long seed, int lossPercent, boolean leftFirst, Duration lag) {
        var world = SimWorld.seeded(seed);
        var left = world.peer("left", "192.0.2.1");
        var right = world.peer("right", "192.0.2.2");
        var key = SimConnection.secret("ike-1", "correct horse");
        left.configured(List.of(office.build()), List.of(key));
        right.configured(List.of(office.mirrored().build()), List.of(key));
        left.initiates("office", "net", right.address());
        world.run(Duration.ofSeconds(1));
        SimPeer first = leftFirst ? left : right;
        SimPeer second = leftFirst ? right : left;
        world.network().loss(lossPercent / 100.0).losesOf("INFORMATIONAL request", 1);
        int before = world.transcript().size();
        long one = first.initiates("office", "voice", second.address());
        world.run(lag);
        long other = second.initiates("office", "voice", first.address());
        world.run(Duration.ofMinutes(5));
        world.network().loss(0);
        world.run(Duration.ofMinutes(5));
        String whose = "seed " + seed + ", " + lag;
        assertEquals(Optional.of(Optional.empty()), first.outcome(one), whose);
        assertEquals(Optional.of(Optional.empty()), second.outcome(other), whose);
        assertEquals(1, left.children("voice").size(), whose);
        assertEquals(1, right.children("voice").size(), whose);
        world.checkAgreement();
        return (int)
                world.transcript().stream()
                        .skip(before)
                        .filter(line -> line.contains("CREATE_CHILD_SA request"))
                        .map(line -> line.substring(line.indexOf(' '), line.indexOf('>')))
                        .distinct()
                        .count();
    }
}
