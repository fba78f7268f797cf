package org.keyferry.engine.trust;

import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.Fault;
import org.keyferry.crypto.cert.TrustPath;
import org.keyferry.engine.Reason;

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

    /// @param objections one for each round, in order
    record Refused(List<Objection> objections, List<String> notes) implements Judgement {
        public Refused {
            objections = List.copyOf(objections);
            notes = List.copyOf(notes);
        }

        public List<String> reasons() {
            return objections.stream().map(Objection::text).toList();
        }

        /// Why the round that was meant first is not complied with.
        public Reason reason() {
            Objection first = objections.getFirst();
            return first.fault() == Fault.UNACCEPTABLE
                    ? new Reason.AuthenticationFailed(first.text())
                    : new Reason.CertificateRefused(first.fault(), first.text());
        }
    }
}
