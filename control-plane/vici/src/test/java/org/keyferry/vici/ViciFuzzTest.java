package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever arrives is either decoded or refused with `MalformedVici`, and what was decoded
/// survives another round.
class ViciFuzzTest {
    private static final Duration BUDGET = Duration.ofMillis(1500);

    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] packet) {
        check(packet);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void mutatedPackets(long seed) {
        var random = new SplittableRandom(seed);
        byte[][] corpus = {
            HexFormat.of().parseHex(ViciPacketTest.CHARON_VERSION),
            HexFormat.of().parseHex(ViciPacketTest.CHARON_LIST_CONN),
            HexFormat.of().parseHex(ViciPacketTest.CHARON_CONTROL_LOG),
        };
        long deadline = System.nanoTime() + BUDGET.toNanos();
        for (int i = 0; i < 200_000 && System.nanoTime() < deadline; i++) {
            check(mutate(corpus[random.nextInt(corpus.length)].clone(), random));
        }
    }

    private static byte[] mutate(byte[] packet, SplittableRandom random) {
        for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
            int at = random.nextInt(packet.length);
            switch (random.nextInt(3)) {
                case 0 -> packet[at] = (byte) random.nextInt();
                case 1 -> packet[at] = (byte) random.nextInt(8); // an element or packet type
                default -> packet = Arrays.copyOf(packet, Math.max(1, at));
            }
        }
        return packet;
    }

    private static void check(byte[] bytes) {
        try {
            ViciPacket packet = ViciPacket.decode(bytes, _ -> {});
            assertEquals(packet, ViciPacket.decode(packet.encode()));
        } catch (MalformedVici e) {
            assertEquals(e.what() + " at byte " + e.offsetBytes(), e.getMessage());
        }
    }
}
