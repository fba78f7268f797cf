package org.keyferry.engine;

import java.util.List;
import org.keyferry.crypto.cert.Fault;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Violation;

/// Why an SA could not be set up, or ended. [Object#toString()] is a sentence for a user.
public sealed interface Reason {

    /// Nothing both sides accept.
    ///
    /// @param mismatch the first transform type in which the nearest pair of proposals differs
    record NoProposalChosen(List<Proposal> offered, List<Proposal> wanted, String mismatch)
            implements Reason {
        @Override
        public String toString() {
            return "no common proposal, first mismatch %s; offered %s; wanted %s"
                    .formatted(mismatch, offered, wanted);
        }
    }

    /// The peer refused, by this notify.
    record PeerRefused(String exchange, int notifyType, String detail) implements Reason {
        @Override
        public String toString() {
            return "peer refused %s with %s%s"
                    .formatted(
                            exchange,
                            NotifyType.name(notifyType),
                            detail.isEmpty() ? "" : " (" + detail + ")");
        }
    }

    record AuthenticationFailed(String detail) implements Reason {
        @Override
        public String toString() {
            return "authentication failed: " + detail;
        }
    }

    /// The peer's certificate, or one above it, is not to be trusted.
    record CertificateRefused(Fault fault, String detail) implements Reason {
        @Override
        public String toString() {
            return "authentication failed: " + detail;
        }
    }

    record NoMatchingConnection(String detail) implements Reason {
        @Override
        public String toString() {
            return "no matching connection: " + detail;
        }
    }

    record TsUnacceptable(List<TrafficSelector> local, List<TrafficSelector> remote, String detail)
            implements Reason {
        @Override
        public String toString() {
            return "traffic selectors %s === %s unacceptable: %s".formatted(local, remote, detail);
        }
    }

    /// The configuration asks for what this build cannot do.
    record CannotDo(String detail) implements Reason {
        @Override
        public String toString() {
            return "cannot be done: " + detail;
        }
    }

    record PeerBroke(String exchange, Violation violation) implements Reason {
        @Override
        public String toString() {
            return "peer sent an invalid %s: %s".formatted(exchange, violation);
        }
    }

    record Timeout(String exchange, int transmissions) implements Reason {
        @Override
        public String toString() {
            return "peer not responding to %s (sent %d times)".formatted(exchange, transmissions);
        }
    }

    record KernelRefused(String errnoName, String text) implements Reason {
        @Override
        public String toString() {
            return "kernel refused: %s (%s)".formatted(text, errnoName);
        }
    }

    /// No TCP connection could be opened.
    record NoStream(String detail) implements Reason {
        @Override
        public String toString() {
            return "no TCP connection to " + detail;
        }
    }

    /// The gateway gave us a puzzle that we did not solve (RFC 8019).
    record PuzzleUnsolved(String detail) implements Reason {
        @Override
        public String toString() {
            return "peer's puzzle not solved: " + detail;
        }
    }

    /// The gateway sent us elsewhere, but we did not go.
    record NotRedirected(String detail) implements Reason {
        @Override
        public String toString() {
            return "redirect not followed: " + detail;
        }
    }

    /// There is no address for the inside of the tunnel.
    record NoAddress(String detail) implements Reason {
        @Override
        public String toString() {
            return "no virtual IP: " + detail;
        }
    }

    /// A simple cause that needs no data.
    enum Plain implements Reason {
        REQUESTED("requested"),
        PEER_DELETED("deleted by peer"),
        PEER_RESTARTED("peer has lost its state"),
        IKE_SA_CLOSED("its IKE_SA was closed"),
        SHUTDOWN("daemon shuts down"),
        REPLACED("replaced by a newer SA of the same peer"),
        /// The peer has had time to go over to the newer one, and was to delete this one.
        SUPERSEDED("superseded by a newer SA of the same peer"),
        HALF_OPEN_TIMEOUT("peer did not complete the set-up in time"),
        REKEYED("replaced by rekeying"),
        REAUTHENTICATED("replaced by reauthentication"),
        REDIRECTED("redirected to another gateway"),
        ADDRESS_GONE("our address is gone"),
        NOT_RESUMED("session not resumed, a full set-up takes over"),
        LIFETIME_EXPIRED("lifetime expired"),
        REDUNDANT("both ends set it up at once, the other one stays"),
        UNIQUE_KEEP("another SA of this peer exists and is kept"),
        NO_SUCH_SA("no such SA"),
        NO_SUCH_CHILD("connection has no such child"),
        ALREADY_UP("already up");

        private final String text;

        Plain(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
