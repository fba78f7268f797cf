package org.keyferry.daemon.lan;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever somebody in the network sends as ARP, as a DHCP server or to everybody. An ordinary
/// build replays the inputs kept as resources; `JAZZER_FUZZ=1` searches for new ones.
class LanFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void decodesOrRefuses(byte[] data) {
        try {
            var packet = ArpPacket.decode(ByteBuffer.wrap(data));
            ByteBuffer out = ByteBuffer.allocate(ArpPacket.BYTES);
            packet.encode(out);
            check(out.flip().equals(ByteBuffer.wrap(data, 0, ArpPacket.BYTES)));
        } catch (Malformed e) {
            check(!e.getMessage().isEmpty());
        }
        IpPacket.of(ByteBuffer.wrap(data))
                .ifPresent(
                        packet -> {
                            check(packet.bytes() <= data.length);
                            packet.complete(ByteBuffer.wrap(data.clone()));
                        });
        message(ByteBuffer.wrap(data));
        try {
            message(Udp.payload(ByteBuffer.wrap(data)));
        } catch (Malformed e) {
            check(!e.getMessage().isEmpty());
        }
    }

    private static void message(ByteBuffer in) {
        try {
            var message = DhcpMessage.decode(in);
            message.type();
            message.leaseSeconds();
            message.address(DhcpMessage.SERVER_ID);
            boolean fits =
                    message.options().values().stream().allMatch(value -> value.length() <= 255)
                            && message.options().values().stream()
                                            .mapToInt(v -> v.length() + 2)
                                            .sum()
                                    < 1_000;
            if (fits) {
                check(DhcpMessage.decode(ByteBuffer.wrap(message.encode())).equals(message));
            }
        } catch (Malformed e) {
            check(!e.getMessage().isEmpty());
        }
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("not so");
        }
    }

    @Test
    void mutations() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 50_000; i++) {
            byte[] packet = (random.nextBoolean() ? Captured.offer() : Captured.ack()).array();
            for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
                packet[random.nextInt(packet.length)] += (byte) random.nextInt(1, 256);
            }
            int bytes = random.nextInt(4) == 0 ? random.nextInt(packet.length) : packet.length;
            decodesOrRefuses(Arrays.copyOf(packet, bytes));
            decodesOrRefuses(Arrays.copyOfRange(packet, 28, Math.max(28, bytes)));
        }
    }
}
