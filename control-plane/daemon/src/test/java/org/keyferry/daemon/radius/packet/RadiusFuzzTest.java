package org.keyferry.daemon.radius.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;

/// Whatever arrives is decoded or refused with [MalformedRadius], what was decoded survives another
/// round, and nothing that a server did not sign is taken for its answer.
class RadiusFuzzTest {
    private static final RadiusSeal SEAL = RadiusSealTest.seal("gv6URkSs");

    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] packet) {
        check(Bytes.of(packet));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void mutatedPackets(long seed) {
        var random = new SplittableRandom(seed);
        Bytes[] corpus = {RadiusSealTest.CHALLENGE, RadiusSealTest.PLAIN_ACCEPT};
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = corpus[random.nextInt(corpus.length)].toArray();
            for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
                int at = random.nextInt(packet.length);
                if (random.nextInt(4) == 0) {
                    packet = Arrays.copyOf(packet, Math.max(1, at));
                } else {
                    packet[at] += (byte) random.nextInt(1, 256);
                }
            }
            check(Bytes.of(packet));
        }
    }

    private static void check(Bytes datagram) {
        RadiusPacket packet;
        try {
            packet = RadiusPacket.decode(datagram);
        } catch (MalformedRadius e) {
            assertTrue(e.getMessage().contains("bytes"), e.getMessage());
            return;
        }
        assertEquals(datagram.slice(0, datagram.u16(2)), packet.encode());
        var hidden = SEAL.hiddenValues(RadiusSealTest.IDENTITY_REQUEST);
        packet.eapMessage();
        for (VendorAttribute attribute : VendorAttribute.of(packet)) {
            try {
                hidden.reveal(attribute.value()).close();
            } catch (MalformedRadius e) {
                assertTrue(e.getMessage().contains("hidden"), e.getMessage());
            }
        }
        try {
            SEAL.openAnswer(datagram, RadiusSealTest.IDENTITY_REQUEST);
            assertEquals(
                    RadiusSealTest.CHALLENGE, datagram.slice(0, datagram.u16(2)), "not signed");
        } catch (MalformedRadius e) {
            assertTrue(e.getMessage().length() > 5);
        }
    }
}
