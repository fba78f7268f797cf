package org.keyferry.engine.sa;

import java.util.List;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Tally;
import org.keyferry.wire.IkeSpi;

/// Questions about the rest of the shard.
public interface Lookup {
    Configuration configuration();

    /// Where messages are counted.
    Tally tally();

    /// Other established SAs with the same identities over the same address family.
    List<IkeSa> duplicates(SaCore of);

    /// A new SPI of ours, on this shard.
    IkeSpi newSpi();
}
