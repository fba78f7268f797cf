package org.keyferry.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever a peer sends as EAP-SIM, EAP-AKA or EAP-AKA', in the open or encrypted. An ordinary
/// build replays the inputs kept as resources; `JAZZER_FUZZ=1` searches for new ones.
class EapSimFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void decodesOrRefuses(byte[] data) {
        Bytes input = Bytes.of(data);
        for (EapSimMethod method : EapSimMethod.values()) {
            decode(method, true, input);
            decode(method, false, input);
        }
        for (EapSimSubtype subtype : EapSimSubtype.values()) {
            hidden(new EapSimMessage(subtype), true, input);
            hidden(new EapSimMessage(subtype), false, input);
        }
    }

    private static void decode(EapSimMethod method, boolean request, Bytes input) {
        try {
            EapSimMessage message = EapSimMessage.decode(method, request, input);
            Bytes encoded = message.encode();
            check(encoded.length() <= input.length(), "longer than what came");
            check(EapSimMessage.decode(method, request, encoded).equals(message), "not the same");
            boolean sealed = message.has(EapSimAttribute.MAC);
            Bytes packet = Bytes.of(new byte[5]).concat(input);
            check(EapSimMessage.withoutMac(packet).isPresent() == sealed, "another MAC");
        } catch (PeerViolation e) {
            check(!e.getMessage().isEmpty(), "no reason");
        }
    }

    private static void hidden(EapSimMessage in, boolean request, Bytes input) {
        try {
            EapSimMessage message = in.hidden(request, input);
            check(message.fields().size() <= input.length() / 4, "more than came");
        } catch (PeerViolation e) {
            check(!e.getMessage().isEmpty(), "no reason");
        }
    }

    /// The same under random input, in every build.
    @Test
    void decodesOrRefusesWhatChanceGives() {
        var random = new SplittableRandom(4187);
        int[] subtypes = {1, 2, 4, 5, 10, 11, 12, 13, 14};
        int[] attributes = {1, 2, 3, 4, 6, 7, 10, 11, 12, 13, 14, 22, 23, 24, 129, 130, 134, 255};
        for (int run = 0; run < 20_000; run++) {
            byte[] data = new byte[3 + 4 * random.nextInt(20)];
            random.nextBytes(data);
            data[0] = (byte) subtypes[random.nextInt(subtypes.length)];
            int at = 3;
            while (at < data.length && random.nextInt(10) > 0) {
                int words = 1 + random.nextInt(6);
                data[at] = (byte) attributes[random.nextInt(attributes.length)];
                data[at + 1] = (byte) words;
                if (random.nextBoolean()) {
                    data[at + 2] = 0;
                    data[at + 3] = (byte) random.nextInt(20);
                }
                at += 4 * words;
            }
            decodesOrRefuses(data);
            decodesOrRefuses(encrypted(random));
        }
    }

    /// As what is inside of AT_ENCR_DATA.
    private static byte[] encrypted(SplittableRandom random) {
        int[] attributes = {6, 19, 20, 21, 132, 133, 255};
        byte[] data = new byte[16 * (1 + random.nextInt(5))];
        random.nextBytes(data);
        int at = 0;
        while (at < data.length && random.nextInt(10) > 0) {
            int words = 1 + random.nextInt(6);
            data[at] = (byte) attributes[random.nextInt(attributes.length)];
            data[at + 1] = (byte) words;
            data[at + 2] = 0;
            data[at + 3] = (byte) random.nextInt(20);
            at += 4 * words;
        }
        return data;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
