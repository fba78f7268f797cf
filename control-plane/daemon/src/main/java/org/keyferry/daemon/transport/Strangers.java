package org.keyferry.daemon.transport;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.keyferry.wire.IpAddress;

/// TCP connections whose peers have not proved themselves. There are not many at a time, and of one
/// address few: a further one takes the place of the oldest, so that those who hold connections
/// open keep nobody out.
final class Strangers {
    static final int MOST = 512;
    static final int MOST_OF_ADDRESS = 16;

    private final Map<TcpStream, IpAddress> streams = new LinkedHashMap<>();
    private final Map<IpAddress, Integer> counts = new HashMap<>();

    /// @return the one that has to go for it
    synchronized Optional<TcpStream> comes(TcpStream stream, IpAddress address) {
        boolean crowded = counts.getOrDefault(address, 0) >= MOST_OF_ADDRESS;
        Optional<TcpStream> oldest = Optional.empty();
        if (crowded || streams.size() >= MOST) {
            oldest = oldest(crowded ? Optional.of(address) : Optional.empty());
            oldest.ifPresent(this::goes);
        }
        streams.put(stream, address);
        counts.merge(address, 1, Integer::sum);
        return oldest;
    }

    private Optional<TcpStream> oldest(Optional<IpAddress> of) {
        Iterator<Map.Entry<TcpStream, IpAddress>> all = streams.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<TcpStream, IpAddress> each = all.next();
            if (of.isEmpty() || of.get().equals(each.getValue())) {
                return Optional.of(each.getKey());
            }
        }
        return Optional.empty();
    }

    /// It has ended, or proved itself.
    synchronized void goes(TcpStream stream) {
        IpAddress address = streams.remove(stream);
        if (address != null) {
            counts.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    synchronized int count() {
        return streams.size();
    }
}
