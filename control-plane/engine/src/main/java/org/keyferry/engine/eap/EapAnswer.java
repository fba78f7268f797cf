package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// What an EAP server says to a client's response: one of our own methods, or a server behind that
/// EAP is passed on to. Packets are whole EAP packets, for the EAP payload as they are.
public sealed interface EapAnswer {
    /// The next request.
    record Request(Bytes packet) implements EapAnswer {}

    /// The client proved itself.
    ///
    /// @param packet EAP-Success
    /// @param legacyMsk another key that the client may have in its place, [TlsEnd#legacyKey]
    /// @param msk for the AUTH payloads, 32 bytes or more; empty if the method makes none. Whoever
    ///   gets the answer wipes it
    record Accepted(Bytes packet, Optional<Secret> msk, EapFacts facts, Optional<Secret> legacyMsk)
            implements EapAnswer {
        /// There is one key.
        public Accepted(Bytes packet, Optional<Secret> msk, EapFacts facts) {
            this(packet, msk, facts, Optional.empty());
        }
    }

    /// @param packet EAP-Failure; if empty one is made
    /// @param why for the log and the user
    record Rejected(Optional<Bytes> packet, String why) implements EapAnswer {}
}
