package org.keyferry.engine.eap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.PeerViolation;

/// Whatever a peer sends as EAP, as attributes of TTLS, or in parts. An ordinary build replays the
/// inputs kept as resources; `JAZZER_FUZZ=1` searches for new ones.
class EapFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void decodesOrRefuses(byte[] data) {
        Bytes input = Bytes.of(data);
        packet(input);
        attributes(data);
        parts(input);
        MsChapPacket.decode(input).ifPresent(EapFuzzTest::mschap);
        check(Md5Challenge.value(input).length() < Math.max(1, data.length), "MD5 value");
    }

    private static void packet(Bytes input) {
        try {
            EapPacket packet = EapPacket.decode(input);
            EapPacket again = EapPacket.decode(packet.encode());
            check(again.equals(packet), "not the same again");
            check(packet.nakTypes().size() <= 64, "types of a Nak");
            EapNames.parse(packet.data());
        } catch (PeerViolation e) {
            check(!e.getMessage().isEmpty(), "no reason");
        }
    }

    private static void attributes(byte[] data) {
        try {
            Bytes packet = TtlsAvps.eapMessage(data);
            check(packet.length() <= data.length, "more than came");
        } catch (TtlsAvps.Malformed e) {
            check(!e.getMessage().isEmpty(), "no reason");
        }
    }

    private static void parts(Bytes input) {
        var framing = new TlsFraming(64, false, 0);
        int at = 0;
        while (at < input.length()) {
            int end = Math.min(input.length(), at + 1 + input.u8(at) % 32);
            if (framing.receive(input.slice(at, end)) instanceof TlsFraming.Got.Whole(var data)) {
                check(data.length() <= TlsFraming.MAX_BYTES, "too much");
            }
            at = end;
        }
    }

    private static void mschap(MsChapPacket packet) {
        packet.challengeValue();
        packet.responseValue().ifPresent(r -> MsChapPacket.withoutDomain(r.name()));
    }

    /// The same under random input, in every build.
    @Test
    void decodesOrRefusesWhatChanceGives() {
        var random = new SplittableRandom(3748);
        for (int run = 0; run < 50_000; run++) {
            byte[] data = new byte[random.nextInt(80)];
            random.nextBytes(data);
            if (data.length > 8 && random.nextBoolean()) {
                data[0] = (byte) (1 + random.nextInt(4));
                data[2] = 0;
                data[3] = (byte) data.length;
                data[4] = (byte) random.nextInt(5);
            }
            decodesOrRefuses(data);
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
