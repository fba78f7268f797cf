package org.keyferry.wire;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Decodes damaged datagrams and reports throughput, refusals, exceptions and memory. Every 16th is
/// also printed, matched and encoded again.
///
/// ```
/// mvn -pl control-plane/wire test-compile
/// cd control-plane/wire/target
/// java -Xmx64m -cp classes:test-classes org.keyferry.wire.MutationRun 10000000 1
/// ```
public final class MutationRun {
    private static final int PROBE_EVERY = 16;
    private final TreeMap<String, Integer> refusals = new TreeMap<>();
    private long accepted;
    private long exceptions;
    private long decodedBytes;
    private long decodeNanos;

    private MutationRun() {}

    /// Arguments: how many datagrams (10 million), and the seed (1).
    public static void main(String[] args) {
        long count = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        new MutationRun().run(count, seed);
    }

    private void run(long count, long seed) {
        var mutator = new Mutator(SampleMessages.corpus(), new SplittableRandom(seed));
        long began = System.nanoTime();
        for (long i = 0; i < count; i++) {
            one(mutator.next(), i % PROBE_EVERY == 0);
            if ((i + 1) % Math.max(1, count / 10) == 0) {
                System.out.printf(
                        "%,12d datagrams, %,d accepted, %d exceptions, heap %,d KiB after GC%n",
                        i + 1, accepted, exceptions, heapBytes() / 1024);
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "seed %d: %,d datagrams in %.1f s; decoder alone %,.0f datagrams/s, %,.1f MB/s%n",
                seed,
                count,
                seconds,
                count / (decodeNanos / 1e9),
                decodedBytes / 1e6 / (decodeNanos / 1e9));
        refusals.forEach((what, times) -> System.out.printf("%,12d %s%n", times, what));
        reportAllocation();
        if (exceptions > 0) {
            throw new AssertionError(exceptions + " exceptions that are ours");
        }
    }

    private void one(byte[] datagram, boolean probe) {
        byte[] copy = probe ? datagram.clone() : datagram;
        long began = System.nanoTime();
        try {
            DecoderProbe.decode(datagram);
            accepted++;
        } catch (PeerViolation e) {
            refusals.merge(e.violation().getClass().getSimpleName(), 1, Integer::sum);
        } catch (RuntimeException e) {
            complain(datagram, e);
        }
        decodeNanos += System.nanoTime() - began;
        decodedBytes += datagram.length;
        if (probe) {
            try {
                DecoderProbe.probe(copy);
            } catch (PeerViolation _) {
                // counted above
            } catch (RuntimeException | AssertionError e) {
                complain(copy, e);
            }
        }
    }

    private void complain(byte[] datagram, Throwable e) {
        exceptions++;
        if (exceptions <= 5) {
            System.out.println(e + " at " + HexFormat.of().formatHex(datagram));
        }
    }

    private static void reportAllocation() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 100_000;
        for (String name : Captured.DATAGRAMS.subList(0, 2)) {
            byte[] datagram = Captured.read(name).toArray();
            decodeOften(datagram, rounds);
            long before = threads.getCurrentThreadAllocatedBytes();
            long began = System.nanoTime();
            decodeOften(datagram, rounds);
            long nanos = System.nanoTime() - began;
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            System.out.printf(
                    "%s: %d bytes, decoding allocates %,d bytes and takes %,d ns%n",
                    name, datagram.length, bytes / rounds, nanos / rounds);
        }
    }

    private static void decodeOften(byte[] datagram, int rounds) {
        for (int i = 0; i < rounds; i++) {
            try {
                DecoderProbe.decode(datagram);
            } catch (PeerViolation e) {
                throw new AssertionError(e);
            }
        }
    }

    private static long heapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
