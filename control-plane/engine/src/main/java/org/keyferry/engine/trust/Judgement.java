package org.keyferry.engine.trust;

import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.TrustPath;

/// Whether a peer proved its identity.
public sealed interface Judgement {
    /// Lines for the log that tell how the answer was found.
    List<String> notes();

    /// @param candidate index of the first round whose demands are all met
    /// @param passedOver why those before it are not, one for each
    /// @param path of its certificate; empty for a bare key
    record Accepted(
            int candidate,
            SignatureScheme scheme,
            Optional<TrustPath> path,
            List<String> passedOver,
            List<String> notes)
            implements Judgement {
        public Accepted {
            passedOver = List.copyOf(passedOver);
            notes = List.copyOf(notes);
        }
    }

    /// @param reasons one for each round, in order
    record Refused(List<String> reasons, List<String> notes) implements Judgement {
        public Refused {
            reasons = List.copyOf(reasons);
            notes = List.copyOf(notes);
        }
    }
}
