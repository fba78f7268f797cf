package org.keyferry.daemon.transport;

import java.util.concurrent.atomic.LongAdder;

/// What the transport did, and what it dropped.
public final class TransportCounters {
    final LongAdder received = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder notIke = new LongAdder();
    final LongAdder unsendable = new LongAdder();

    public long received() {
        return received.sum();
    }

    public long sent() {
        return sent.sum();
    }

    /// Datagrams that are neither IKE nor a keepalive.
    public long notIke() {
        return notIke.sum();
    }

    /// Datagrams from an address that is not ours any more, or that the kernel did not take.
    public long unsendable() {
        return unsendable.sum();
    }
}
