package org.keyferry.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;

/// A network that spoils datagrams: bits flip, ends get lost, old ones come again, some come back
/// to their sender.
final class SimNoise {
    record Flight(Endpoint source, Endpoint target, Bytes datagram, boolean marked) {}

    private static final int MEMORY = 200;

    private final RandomGenerator random;
    private final double probability;
    private final List<Flight> former = new ArrayList<>();

    SimNoise(RandomGenerator random, double probability) {
        this.random = random;
        this.probability = probability;
    }

    /// What arrives in the place of one datagram.
    List<Flight> around(Flight flight) {
        var arriving = new ArrayList<Flight>();
        boolean hit = random.nextDouble() < probability;
        if (!hit || random.nextBoolean()) {
            arriving.add(flight);
        }
        if (hit) {
            arriving.add(spoilt(flight));
        }
        if (former.size() < MEMORY) {
            former.add(flight);
        } else {
            former.set(random.nextInt(MEMORY), flight);
        }
        return arriving;
    }

    private Flight spoilt(Flight flight) {
        return switch (random.nextInt(5)) {
            case 0 ->
                    with(flight, mutated(flight.datagram().toArray(), flight.datagram().length()));
            case 1 -> with(flight, mutated(flight.datagram().toArray(), 36));
            case 2 ->
                    with(
                            flight,
                            flight.datagram().slice(0, random.nextInt(flight.datagram().length())));
            case 3 -> former.isEmpty() ? flight : former.get(random.nextInt(former.size()));
            default ->
                    new Flight(
                            /* source= */ flight.target(),
                            /* target= */ flight.source(),
                            flight.datagram(),
                            flight.marked());
        };
    }

    /// Changes up to four bits among the first `within` bytes.
    private Bytes mutated(byte[] datagram, int within) {
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(Math.min(within, datagram.length));
            datagram[at] ^= (byte) (1 << random.nextInt(8));
        }
        return Bytes.wrapOwned(datagram);
    }

    private static Flight with(Flight flight, Bytes datagram) {
        return new Flight(flight.source(), flight.target(), datagram, flight.marked());
    }
}
