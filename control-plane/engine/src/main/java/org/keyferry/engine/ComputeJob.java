package org.keyferry.engine;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.Puzzle;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SigningKey;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.eap.EapPeer;
import org.keyferry.engine.eap.EapServer;
import org.keyferry.engine.trust.Evidence;
import org.keyferry.engine.trust.PeerTrust;
import org.keyferry.engine.trust.Stapling;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.PeerViolation;

/// Work for a processor core and nothing else: no clock, no randomness of its own, safe on any
/// thread.
public sealed interface ComputeJob {
    /// Does the work and wipes the entropy and secrets that it was given.
    Input.Computation run();

    /// Whether it may wait for somebody, so that it must not keep other jobs from a processor.
    default boolean mayWait() {
        return false;
    }

    /// Whether it takes seconds, so that it must not keep other jobs from a processor.
    default boolean takesLong() {
        return false;
    }

    /// Solves a puzzle, unless somebody says meanwhile that nobody waits for it.
    record Solve(Puzzle puzzle, AtomicBoolean unwanted) implements ComputeJob {
        @Override
        public Input.Computation run() {
            return new Input.Computation.Solved(puzzle.solve(unwanted::get));
        }

        @Override
        public boolean takesLong() {
            return true;
        }
    }

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

    /// Makes the data of our AUTH payload.
    ///
    /// @param octets see [org.keyferry.crypto.AuthOctets]
    /// @param stapling answers of OCSP responders that go along
    /// @param withoutPpk to be signed beside them, if a PPK is offered that may be left out
    record Sign(
            SigningKey key,
            SignatureAuth.Choice choice,
            Bytes octets,
            Optional<Bytes> withoutPpk,
            Optional<Stapling> stapling)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            try {
                Optional<Bytes> plain = Optional.empty();
                if (withoutPpk.isPresent()) {
                    plain = Optional.of(sign(withoutPpk.get()));
                }
                var notes = new ArrayList<String>();
                List<Bytes> stapled =
                        stapling.map(wanted -> wanted.answers(notes)).orElse(List.of());
                return new Input.Computation.Signed(sign(octets), plain, stapled, notes);
            } catch (GeneralSecurityException | IllegalStateException e) {
                return new Input.Computation.NotSigned(e.getMessage());
            }
        }

        @Override
        public boolean mayWait() {
            return key.mayWait() || stapling.isPresent();
        }

        private Bytes sign(Bytes each) throws GeneralSecurityException {
            return SignatureAuth.sign(choice, key.toPrivateKey(), each);
        }
    }

    /// Looks whether a peer is who it says. Revocation may be asked for over the network, so that
    /// this takes longer than arithmetic.
    ///
    /// @param rounds of the connections that may be meant, best first
    record Judge(Evidence evidence, List<AuthRound> rounds, Credentials credentials, Instant at)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            return new Input.Computation.Judged(PeerTrust.judge(evidence, rounds, credentials, at));
        }

        @Override
        public boolean mayWait() {
            return credentials.revocations().mayWait() || !evidence.located().isEmpty();
        }
    }

    /// The next step of an EAP method as server. It lives in memory of its own that nobody else
    /// touches meanwhile.
    record ServeEap(EapServer server, Bytes packet) implements ComputeJob {
        @Override
        public Input.Computation run() {
            return new Input.Computation.EapServed(server.process(packet));
        }

        /// Certificates inside of TLS are judged, too.
        @Override
        public boolean mayWait() {
            return server.mayWait();
        }
    }

    /// The first step of one as server, where that is not at once.
    record BeginEap(EapServer server) implements ComputeJob {
        @Override
        public Input.Computation run() {
            return new Input.Computation.EapServed(server.begin());
        }

        /// Whoever knows the cards may have to be asked.
        @Override
        public boolean mayWait() {
            return server.mayWait();
        }
    }

    /// The same as client.
    record AnswerEap(EapPeer peer, Bytes packet) implements ComputeJob {
        @Override
        public Input.Computation run() {
            return new Input.Computation.EapStepped(peer.process(packet));
        }

        /// Certificates inside of TLS are judged, too.
        @Override
        public boolean mayWait() {
            return peer.mayWait();
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

    /// What the keys of an IKE_SA that replaces another one are made of besides the key exchange
    /// (RFC 7296 §2.18).
    ///
    /// @param former PRF of the IKE_SA that is replaced
    /// @param skD its SK_d
    /// @param additional secrets of additional key exchanges (RFC 9370 §2.2.4)
    record Succession(
            Prf former,
            Secret skD,
            IkeSuite suite,
            Bytes initiatorNonce,
            Bytes responderNonce,
            Secret additional,
            IkeSpi initiatorSpi,
            IkeSpi responderSpi) {
        private IkeKeys keys(Secret shared) {
            try (skD;
                    additional) {
                return IkeKeys.deriveRekeyed(
                        suite,
                        former,
                        skD.array(),
                        shared,
                        initiatorNonce,
                        responderNonce,
                        additional,
                        initiatorSpi,
                        responderSpi);
            }
        }
    }

    /// As initiator: the successor's keys from the responder's public value.
    record CompleteRekey(
            int methodId, KeyExchangeMethod.LocalKey key, Bytes peerPublic, Succession succession)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            try (Secret shared = key.complete(peerPublic)) {
                return new Input.Computation.KeysReady(succession.keys(shared), Bytes.EMPTY);
            } catch (PeerViolation e) {
                succession.skD().close();
                return new Input.Computation.Unusable(e.violation());
            }
        }
    }

    /// The successor's keys when the secrets of all key exchanges are there.
    record Rekey(Secret shared, Succession succession) implements ComputeJob {
        @Override
        public Input.Computation run() {
            try (shared) {
                return new Input.Computation.KeysReady(succession.keys(shared), Bytes.EMPTY);
            }
        }
    }

    /// As responder: public value and the successor's keys in one go.
    record RespondRekey(
            KeyExchangeMethod method, Secret entropy, Bytes peerPublic, Succession succession)
            implements ComputeJob {
        @Override
        public Input.Computation run() {
            try {
                var answer = method.respond(entropy.array(), peerPublic);
                try (Secret shared = answer.shared()) {
                    return new Input.Computation.KeysReady(
                            succession.keys(shared), answer.publicValue());
                }
            } catch (PeerViolation e) {
                succession.skD().close();
                return new Input.Computation.Unusable(e.violation());
            }
        }
    }
}
