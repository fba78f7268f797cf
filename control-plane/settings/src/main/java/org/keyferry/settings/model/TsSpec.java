package org.keyferry.settings.model;

import org.keyferry.wire.PortRange;
import org.keyferry.wire.TrafficSelector;

/// One entry of `local_ts` or `remote_ts`.
public sealed interface TsSpec {
    record Fixed(TrafficSelector ts) implements TsSpec {
        @Override
        public String toString() {
            return ts.toString();
        }
    }

    /// `dynamic`: the IKE or virtual address of that side, known only once the SA is set up.
    ///
    /// @param ipProtocol 0 to 255, 0 is any
    record Dynamic(int ipProtocol, PortRange ports) implements TsSpec {}
}
