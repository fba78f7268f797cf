package org.keyferry.engine;

import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.PeerViolation;

/// Work for a processor core and nothing else: no clock, no randomness of its own, safe on any
/// thread.
public sealed interface ComputeJob {
    /// Does the work and wipes the entropy and secrets that it was given.
    Input.Computation run();

    /// Makes the initiator's key.
    record MakeKey(KeyExchangeMethod method, Secret entropy) implements ComputeJob {
        @Override
        public Input.Computation run() {
            return new Input.Computation.LocalKeyReady(method.initiate(entropy.array()));
        }
    }

    /// As initiator: shared secret and keys from the responder's public value.
    record Complete(
            KeyExchangeMethod.LocalKey key,
            Bytes peerPublic,
            IkeSuite suite,
            Bytes initiatorNonce,
            Bytes responderNonce,
            IkeSpi initiatorSpi,
            IkeSpi responderSpi)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            try (Secret shared = key.complete(peerPublic)) {
                var keys =
                        IkeKeys.derive(
                                suite,
                                shared,
                                initiatorNonce,
                                responderNonce,
                                initiatorSpi,
                                responderSpi);
                return new Input.Computation.KeysReady(keys, Bytes.EMPTY);
            } catch (PeerViolation e) {
                return new Input.Computation.Unusable(e.violation());
            }
        }
    }

    /// As responder: public value, shared secret and keys in one go.
    record Respond(
            KeyExchangeMethod method,
            Secret entropy,
            Bytes peerPublic,
            IkeSuite suite,
            Bytes initiatorNonce,
            Bytes responderNonce,
            IkeSpi initiatorSpi,
            IkeSpi responderSpi)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            try {
                var answer = method.respond(entropy.array(), peerPublic);
                try (Secret shared = answer.shared()) {
                    var keys =
                            IkeKeys.derive(
                                    suite,
                                    shared,
                                    initiatorNonce,
                                    responderNonce,
                                    initiatorSpi,
                                    responderSpi);
                    return new Input.Computation.KeysReady(keys, answer.publicValue());
                }
            } catch (PeerViolation e) {
                return new Input.Computation.Unusable(e.violation());
            }
        }
    }

    /// As responder of CREATE_CHILD_SA: public value and shared secret.
    record Agree(KeyExchangeMethod method, Secret entropy, Bytes peerPublic) implements ComputeJob {
        @Override
        public Input.Computation run() {
            try {
                var answer = method.respond(entropy.array(), peerPublic);
                return new Input.Computation.SecretReady(answer.shared(), answer.publicValue());
            } catch (PeerViolation e) {
                return new Input.Computation.Unusable(e.violation());
            }
        }
    }

    /// As initiator of CREATE_CHILD_SA: shared secret from the responder's public value.
    record Finish(int methodId, KeyExchangeMethod.LocalKey key, Bytes peerPublic)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            try {
                return new Input.Computation.SecretReady(key.complete(peerPublic), Bytes.EMPTY);
            } catch (PeerViolation e) {
                return new Input.Computation.Unusable(e.violation());
            }
        }
    }
}
