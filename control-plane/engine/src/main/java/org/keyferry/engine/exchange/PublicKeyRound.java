package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.AuthOctets;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.CertificateRequests;
import org.keyferry.engine.trust.Evidence;
import org.keyferry.engine.trust.Judgement;
import org.keyferry.engine.trust.OwnCredential;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.engine.trust.SignatureLimits;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SendCert;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Authentication by a signature (RFC 7296 §2.15, RFC 7427), with CERT and CERTREQ (§3.6, §3.7).
final class PublicKeyRound {
    private static final List<SignatureHash> KNOWN_HASHES =
            List.of(
                    SignatureHash.SHA2_256,
                    SignatureHash.SHA2_384,
                    SignatureHash.SHA2_512,
                    SignatureHash.IDENTITY);

    /// SIGNATURE_HASH_ALGORITHMS as initiator, if somebody is to sign.
    static Optional<Payload> hashes(Connection connection) {
        boolean signs =
                connection.local().getFirst().method() == AuthMethod.PUBKEY
                        || connection.remote().getFirst().method() == AuthMethod.PUBKEY;
        return signs ? Optional.of(hashes(announced(connection))) : Optional.empty();
    }

    /// SIGNATURE_HASH_ALGORITHMS as responder, who does not know the connection yet.
    static Payload allHashes() {
        return hashes(KNOWN_HASHES);
    }

    private static Payload hashes(List<SignatureHash> hashes) {
        return Payload.Notify.of(
                NotifyType.SIGNATURE_HASH_ALGORITHMS, SignatureHash.encode(hashes));
    }

    private static List<SignatureHash> announced(Connection connection) {
        AuthRound peer = connection.remote().getFirst();
        Set<SignatureHash> wanted = SignatureLimits.hashes(peer.publicKey().signatures().ofAuth());
        return KNOWN_HASHES.stream().filter(h -> wanted.isEmpty() || wanted.contains(h)).toList();
    }

    /// CERTREQ in the response to IKE_SA_INIT.
    static Optional<Payload> requestOfResponder(SaCore sa) {
        Connection likely = sa.connection();
        boolean unwanted =
                likely.remote().getFirst().method() == AuthMethod.PUBKEY
                        && !likely.certExchange().sendCertreq();
        return unwanted
                ? Optional.empty()
                : request(sa.lookup().configuration().requestedAuthorities());
    }

    /// CERTREQ in the request of IKE_AUTH.
    static Optional<Payload> requestOfInitiator(SaCore sa) {
        return request(
                CertificateRequests.of(
                        List.of(sa.connection()), sa.lookup().configuration().credentials()));
    }

    private static Optional<Payload> request(List<Bytes> authorities) {
        if (authorities.isEmpty()) {
            return Optional.empty();
        }
        Bytes keys = Bytes.EMPTY;
        for (Bytes authority : authorities) {
            keys = keys.concat(authority);
        }
        return Optional.of(new Payload.CertificateRequest(PeerSupport.X509_ENCODING, keys));
    }

    /// Has our AUTH signed; empty if there is nothing to sign with.
    static Optional<State.OwnSignature> sign(
            SaCore sa, State.InitTranscript transcript, Outbox out) {
        Optional<OwnCredential> own =
                OwnCredential.choose(
                        sa.lookup().configuration().credentials(),
                        sa.connection().local().getFirst(),
                        sa.localId(),
                        sa.peerSupport(),
                        false);
        return own.map(
                credential -> {
                    var octets =
                            PpkRound.prove(
                                    sa,
                                    () -> octets(sa, transcript, sa.isInitiator(), sa.localId()));
                    out.compute(
                            sa,
                            new ComputeJob.Sign(
                                    credential.key(),
                                    credential.choice(),
                                    octets.proof(),
                                    octets.withoutPpk()));
                    return new State.OwnSignature(
                            certificates(sa, credential, out), credential.choice());
                });
    }

    /// Why [#sign] had nothing to sign with.
    static String noKey(SaCore sa) {
        boolean modern = !sa.peerSupport().hashes().isEmpty();
        return "no private key found for '%s' that signs as peer and configuration admit%s"
                .formatted(
                        sa.localId(), modern ? "" : "; the peer knows the classic signatures only");
    }

    private static List<Payload> certificates(SaCore sa, OwnCredential own, Outbox out) {
        SendCert policy = sa.connection().certExchange().sendCert();
        boolean sends =
                policy == SendCert.ALWAYS
                        || (policy == SendCert.IFASKED && sa.peerSupport().askedFor().isPresent());
        var payloads = new ArrayList<Payload>();
        for (Certificate certificate : sends ? own.chain() : List.<Certificate>of()) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "sending %s cert \"%s\"",
                    payloads.isEmpty() ? "end entity" : "issuer",
                    certificate);
            payloads.add(new Payload.Certificate(PeerSupport.X509_ENCODING, certificate.der()));
        }
        return payloads;
    }

    /// What goes to the peer as proof of our identity.
    sealed interface Proof {
        /// CERT payloads, AUTH, and what proves the same without a PPK.
        record Made(List<Payload> payloads) implements Proof {}

        record Failed(Reason reason) implements Proof {}
    }

    static Proof proof(SaCore sa, State.OwnSignature own, Computation result, Outbox out) {
        return switch (result) {
            case Computation.Signed(Bytes auth, Optional<Bytes> withoutPpk) -> {
                out.log(
                        sa,
                        Group.IKE,
                        1,
                        "authentication of '%s' (myself) with %s successful",
                        sa.localId(),
                        own.choice().scheme());
                var payloads = new ArrayList<>(own.certificates());
                payloads.add(new Payload.Authentication(own.choice().method(), auth));
                payloads.addAll(PpkRound.withoutPpk(withoutPpk));
                yield new Proof.Made(payloads);
            }
            case Computation.NotSigned(String why) ->
                    new Proof.Failed(
                            new Reason.AuthenticationFailed(
                                    "signing as '%s' failed: %s".formatted(sa.localId(), why)));
            default -> throw new IllegalStateException("a signature was asked for");
        };
    }

    /// Has the peer's AUTH and certificates judged.
    ///
    /// @param rounds of the connections that may be meant, best first
    static void judge(
            SaCore sa,
            State.InitTranscript transcript,
            Identification peer,
            Payload.Authentication auth,
            List<Payload> payloads,
            List<AuthRound> rounds,
            Instant now,
            Outbox out) {
        var evidence =
                new Evidence(
                        peer,
                        auth.method(),
                        auth.data(),
                        octets(sa, transcript, !sa.isInitiator(), peer),
                        received(payloads),
                        sa.isInitiator() ? announced(sa.connection()) : KNOWN_HASHES);
        out.compute(
                sa,
                new ComputeJob.Judge(
                        evidence, rounds, sa.lookup().configuration().credentials(), now));
    }

    /// Certificates that are told by hash and URL are not fetched: we never say that we would.
    private static List<Bytes> received(List<Payload> payloads) {
        return IkeMessage.all(payloads, Payload.Certificate.class).stream()
                .filter(c -> c.encoding() == PeerSupport.X509_ENCODING)
                .map(Payload.Certificate::data)
                .toList();
    }

    /// @param ofInitiator whose signature it is
    private static Bytes octets(
            SaCore sa, State.InitTranscript transcript, boolean ofInitiator, Identification id) {
        byte[] skP = sa.keys().skP(ofInitiator);
        try {
            return AuthOctets.of(
                            Prf.of(sa.suite().prfId()),
                            skP,
                            ofInitiator ? transcript.request() : transcript.response(),
                            ofInitiator ? transcript.nonceR() : transcript.nonceI(),
                            id)
                    .concat(transcript.intAuth());
        } finally {
            Arrays.fill(skP, (byte) 0);
        }
    }

    static void log(SaCore sa, Judgement judgement, Outbox out) {
        judgement.notes().forEach(note -> out.log(sa, Group.CFG, 1, "%s", note));
    }

    static void logSuccess(SaCore sa, Identification peer, SignatureScheme scheme, Outbox out) {
        out.log(sa, Group.IKE, 1, "authentication of '%s' with %s successful", peer, scheme);
    }

    private PublicKeyRound() {}
}
