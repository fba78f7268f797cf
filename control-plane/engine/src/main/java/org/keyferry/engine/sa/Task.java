package org.keyferry.engine.sa;

import org.keyferry.engine.Reason;
import org.keyferry.wire.ChildSpi;

/// What an established IKE_SA has yet to say to its peer, one exchange each.
public sealed interface Task {
    /// VICI's name of the task.
    String viciName();

    /// Empty INFORMATIONAL (RFC 7296 §2.4).
    record Liveness() implements Task {
        @Override
        public String viciName() {
            return "IKE_DPD";
        }
    }

    /// @param requestId of the user who wants it, 0 for none
    record DeleteChild(int childUniqueId, Reason reason, long requestId) implements Task {
        @Override
        public String viciName() {
            return "CHILD_DELETE";
        }
    }

    /// Tells the peer that a CHILD_SA which it believes in does not exist here.
    ///
    /// @param spi ours
    record DisownChild(ChildSpi spi) implements Task {
        @Override
        public String viciName() {
            return "CHILD_DELETE";
        }
    }

    /// @param requestId of the user who wants it, 0 for none
    record DeleteIke(Reason reason, long requestId) implements Task {
        @Override
        public String viciName() {
            return "IKE_DELETE";
        }
    }
}
