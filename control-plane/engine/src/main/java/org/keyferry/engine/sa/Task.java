package org.keyferry.engine.sa;

import java.util.Optional;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Gateway;

/// What an established IKE_SA has yet to say to its peer, one exchange each.
public sealed interface Task {
    /// VICI's name of the task.
    String viciName();

    /// Of the user who waits for it, 0 for none.
    default long requestId() {
        return 0;
    }

    /// What such a user is told when the IKE_SA ends before it is done.
    default Optional<Reason> outcome(Reason end) {
        return Optional.of(end);
    }

    /// The same without a user who waits.
    default Task unattended() {
        return this;
    }

    /// A further CHILD_SA (RFC 7296 §1.3.1).
    ///
    /// @param attempt from 1; another one follows when the peer is busy
    record CreateChild(Child config, long requestId, int attempt) implements Task {
        private static final int MOST_ATTEMPTS = 20;

        public static CreateChild of(Child config, long requestId) {
            return new CreateChild(config, requestId, 1);
        }

        public boolean mayTryAgain() {
            return attempt < MOST_ATTEMPTS;
        }

        @Override
        public CreateChild unattended() {
            return new CreateChild(config, 0, attempt);
        }

        public CreateChild again() {
            return new CreateChild(config, requestId, attempt + 1);
        }

        @Override
        public String viciName() {
            return "CHILD_CREATE";
        }
    }

    /// A CHILD_SA in place of another (RFC 7296 §1.3.3).
    record RekeyChild(int childUniqueId, long requestId) implements Task {
        @Override
        public String viciName() {
            return "CHILD_REKEY";
        }
    }

    /// An IKE_SA in place of this one (RFC 7296 §1.3.2).
    record RekeyIke(long requestId) implements Task {
        @Override
        public String viciName() {
            return "IKE_REKEY";
        }
    }

    /// Empty INFORMATIONAL (RFC 7296 §2.4).
    record Liveness() implements Task {
        @Override
        public String viciName() {
            return "IKE_DPD";
        }
    }

    /// INFORMATIONAL of MOBIKE (RFC 4555).
    record Mobike(What what) implements Task {
        public enum What {
            /// UPDATE_SA_ADDRESSES (§3.5).
            UPDATE,
            /// Own addresses (§3.6).
            LIST,
            /// Whether a path works (§3.10), and leads to the peer (§3.7).
            CHECK,
            /// The same by UDP, while the IKE_SA is over TCP.
            TRY_UDP
        }

        @Override
        public String viciName() {
            return "IKE_MOBIKE";
        }
    }

    /// Tells the initiator in how many seconds it has to authenticate again (RFC 4478).
    record AnnounceLifetime(int seconds) implements Task {
        @Override
        public String viciName() {
            return "IKE_AUTH_LIFETIME";
        }
    }

    /// Sends the client to another gateway (RFC 5685 §6).
    record Redirect(Gateway target) implements Task {
        @Override
        public String viciName() {
            return "IKE_REDIRECT";
        }
    }

    /// As client: goes where the gateway sent us while the IKE_SA was being rekeyed.
    record FollowRedirect(Gateway target) implements Task {
        @Override
        public String viciName() {
            return "IKE_REDIRECT";
        }
    }

    /// Asks for a new session ticket (RFC 5723 §4.1).
    record RequestTicket() implements Task {
        @Override
        public String viciName() {
            return "IKE_TICKET";
        }
    }

    record DeleteChild(int childUniqueId, Reason reason, long requestId) implements Task {
        @Override
        public String viciName() {
            return "CHILD_DELETE";
        }

        @Override
        public Optional<Reason> outcome(Reason end) {
            return Optional.empty(); // gone is what was wanted
        }
    }

    /// Tells the peer that a CHILD_SA which it believes in does not exist here.
    ///
    /// @param protocolId of `spi`, which is ours
    record DisownChild(int protocolId, ChildSpi spi) implements Task {
        @Override
        public String viciName() {
            return "CHILD_DELETE";
        }
    }

    record DeleteIke(Reason reason, long requestId) implements Task {
        @Override
        public String viciName() {
            return "IKE_DELETE";
        }

        @Override
        public Optional<Reason> outcome(Reason end) {
            return Optional.empty(); // gone is what was wanted
        }
    }
}
