package org.keyferry.engine.eap.sim;

import org.keyferry.wire.Bytes;

/// What a USIM says to a challenge.
public sealed interface UsimAnswer {
    /// It took it.
    record Proof(Bytes res, Bytes ck, Bytes ik) implements UsimAnswer {
        @Override
        public String toString() {
            return "proof";
        }
    }

    /// The challenge is the network's, but not fresh.
    ///
    /// @param auts for the network, 14 bytes
    record Resynchronise(Bytes auts) implements UsimAnswer {}

    /// The challenge is not the network's.
    record Reject() implements UsimAnswer {}
}
