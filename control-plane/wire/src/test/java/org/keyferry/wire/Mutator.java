package org.keyferry.wire;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Damages samples: one to six changes each, after most of which the header's length is put right
/// so that the damage reaches the payloads.
final class Mutator {
    private static final int[] ODD_NUMBERS = {
        0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 33, 35, 41, 44, 46, 53, 63, 64, 127, 128, 129, 255
    };
    private final List<byte[]> corpus;
    private final RandomGenerator random;

    Mutator(List<byte[]> corpus, RandomGenerator random) {
        this.corpus = corpus;
        this.random = random;
    }

    byte[] next() {
        byte[] datagram = sample().clone();
        for (int changes = random.nextInt(1, 7); changes > 0 && datagram.length > 0; changes--) {
            datagram = change(datagram);
        }
        if (datagram.length >= IkeHeader.LENGTH && random.nextInt(8) != 0) {
            datagram[24] = 0;
            datagram[25] = 0;
            datagram[26] = (byte) (datagram.length >>> 8);
            datagram[27] = (byte) datagram.length;
        }
        return datagram;
    }

    private byte[] sample() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] change(byte[] in) {
        int at = random.nextInt(in.length);
        switch (random.nextInt(10)) {
            case 0, 1 -> in[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> in[at] = (byte) random.nextInt();
            case 3, 4 -> in[at] = (byte) ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
            case 5 -> in[at] += (byte) random.nextInt(-4, 5);
            case 6 -> {
                return Arrays.copyOf(in, at);
            }
            case 7 -> {
                return Arrays.copyOf(in, in.length + random.nextInt(1, 40));
            }
            case 8 -> {
                return splice(in, at, at + random.nextInt(in.length - at + 1), in);
            }
            default -> {
                byte[] other = sample();
                int from = random.nextInt(other.length);
                byte[] tail = Arrays.copyOfRange(other, from, other.length);
                return splice(in, at, in.length, tail);
            }
        }
        return in;
    }

    /// `in` up to `from`, then `insert`, then `in` from `to` on; at most 2,000 bytes.
    private static byte[] splice(byte[] in, int from, int to, byte[] insert) {
        int length = Math.min(2_000, from + insert.length + in.length - to);
        byte[] out = Arrays.copyOf(in, length);
        int inserted = Math.min(insert.length, length - from);
        System.arraycopy(insert, 0, out, from, inserted);
        int rest = Math.max(0, length - from - inserted);
        System.arraycopy(in, to, out, from + inserted, rest);
        return out;
    }
}
