package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.KeepaliveIntervals;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Tally;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// Questions about the rest of the shard.
public interface Lookup {
    Configuration configuration();

    /// Where messages are counted.
    Tally tally();

    Duplicates duplicates(SaCore of);

    /// The one that has this SPI of ours.
    Optional<IkeSa> find(IkeSpi own);

    /// As responder: the peer's set-up has come to its end.
    void arrived(SaCore sa, Instant now, Outbox out);

    /// A new SPI of ours, on this shard.
    IkeSpi newSpi();

    /// Of NAT keepalives.
    KeepaliveIntervals keepalives();

    /// The host's addresses; empty if nobody has told them.
    Optional<List<IpAddress>> ownAddresses();
}
