package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [MutationRun] is the long form.
class DecoderMutationTest {
    private static final int MUTATIONS = 20_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void damagedDatagramsAreRefusedOrSound(long seed) {
        var mutator = new Mutator(SampleMessages.corpus(), new SplittableRandom(seed));
        int accepted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] datagram = mutator.next();
            byte[] copy = datagram.clone();
            try {
                DecoderProbe.probe(datagram);
                accepted++;
            } catch (PeerViolation _) {
                // most are
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(HexFormat.of().formatHex(copy), e);
            }
        }
        int kept = accepted;
        assertTrue(
                accepted > MUTATIONS / 20 && accepted < MUTATIONS / 2,
                () -> kept + " accepted: the mutations no longer reach both sides");
    }
}
