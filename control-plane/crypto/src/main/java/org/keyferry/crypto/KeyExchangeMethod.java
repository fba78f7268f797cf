package org.keyferry.crypto;

import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;

/// A key exchange method (transform type 4, and 6 to 12 for additional ones): Diffie-Hellman or a
/// key encapsulation mechanism. Thread-safe. The same entropy gives the same bytes, whichever
/// provider computes, so that a simulation can be replayed.
public interface KeyExchangeMethod {
    /// The method of that id in the KE registry; empty if it is not supported.
    static Optional<KeyExchangeMethod> of(int transformId) {
        return KeyExchanges.find(transformId);
    }

    int id();

    /// Random bytes that [#initiate] and [#respond] want, whichever is more.
    int entropyBytes();

    /// Length of the KE payload's data; the two differ for ML-KEM.
    int publicValueBytes(boolean initiator);

    /// Makes our half of an exchange that we begin.
    ///
    /// @param entropy [#entropyBytes] bytes; wiped before return
    LocalKey initiate(byte[] entropy);

    /// Answers a peer's half.
    ///
    /// @param entropy [#entropyBytes] bytes; wiped before return
    /// @throws PeerViolation if the peer's value has the wrong length or is not a valid one
    Answer respond(byte[] entropy, Bytes peerPublic) throws PeerViolation;

    /// Name of the provider that does the expensive part, for people.
    String provider();

    /// Our private half, waiting for the peer's. Not thread-safe.
    interface LocalKey extends AutoCloseable {
        Bytes publicValue();

        /// The shared secret, in the fixed length of the method. May be called once: the private
        /// key is wiped, also on failure.
        ///
        /// @throws PeerViolation if the peer's value has the wrong length or is not a valid one
        Secret complete(Bytes peerPublic) throws PeerViolation;

        /// Wipes a key that will not be used any more.
        @Override
        void close();
    }

    /// What a responder has at once.
    ///
    /// @param publicValue for our KE payload
    /// @param shared to be closed by the caller
    record Answer(Bytes publicValue, Secret shared) {}
}
