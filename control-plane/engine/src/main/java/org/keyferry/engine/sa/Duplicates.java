package org.keyferry.engine.sa;

import java.util.List;
import org.keyferry.wire.TrafficSelector;

/// Other established IKE_SAs with the same identities over the same address family as one of them;
/// the oldest first. There may be thousands: whoever needs a part of them asks for that.
public interface Duplicates {
    List<IkeSa> all();

    /// Those with a CHILD_SA for one of these selectors of the peer's side.
    List<IkeSa> carrying(List<TrafficSelector> remote);

    /// Those that we are the initiator of.
    List<IkeSa> begunByUs();
}
