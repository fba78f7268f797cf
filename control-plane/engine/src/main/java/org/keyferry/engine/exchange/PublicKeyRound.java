package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keyferry.crypto.AuthOctets;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.HashAndUrl;
import org.keyferry.crypto.cert.TrustPath;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.AnnouncedMethods;
import org.keyferry.engine.trust.CertificateRequests;
import org.keyferry.engine.trust.Evidence;
import org.keyferry.engine.trust.Judgement;
import org.keyferry.engine.trust.OwnAnnouncement;
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
                Stream.concat(connection.local().stream(), connection.remote().stream())
                        .anyMatch(round -> round.method() == AuthMethod.PUBKEY);
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
        var wanted = new HashSet<SignatureHash>();
        for (AuthRound peer : connection.remote()) {
            if (peer.method() == AuthMethod.PUBKEY) {
                Set<SignatureHash> ofRound =
                        SignatureLimits.hashes(peer.publicKey().signatures().ofAuth());
                if (ofRound.isEmpty()) {
                    return KNOWN_HASHES;
                }
                wanted.addAll(ofRound);
            }
        }
        return KNOWN_HASHES.stream().filter(h -> wanted.isEmpty() || wanted.contains(h)).toList();
    }

    /// CERTREQ in the response to IKE_SA_INIT, and what we take of the peer.
    static List<Payload> requestOfResponder(SaCore sa) {
        Connection likely = sa.connection();
        boolean unwanted =
                likely.remote().getFirst().method() == AuthMethod.PUBKEY
                        && !likely.certExchange().sendCertreq();
        var configuration = sa.lookup().configuration();
        List<Bytes> authorities = unwanted ? List.of() : configuration.requestedAuthorities();
        List<Payload> payloads = withLookup(sa, request(authorities));
        if (configuration.limitsSignatures()) {
            OwnAnnouncement.of(
                            configuration.matching(sa.local(), sa.remote()),
                            configuration.credentials(),
                            authorities,
                            KNOWN_HASHES)
                    .ifPresent(payloads::add);
        }
        OcspContent.request(sa).ifPresent(payloads::add);
        return payloads;
    }

    /// The same in the request of IKE_AUTH.
    static List<Payload> requestOfInitiator(SaCore sa) {
        var credentials = sa.lookup().configuration().credentials();
        List<Bytes> authorities = CertificateRequests.of(List.of(sa.connection()), credentials);
        List<Payload> payloads = withLookup(sa, request(authorities));
        OwnAnnouncement.of(
                        List.of(sa.connection()),
                        credentials,
                        authorities,
                        announced(sa.connection()))
                .ifPresent(payloads::add);
        OcspContent.request(sa).ifPresent(payloads::add);
        return payloads;
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
            SaCore sa, AuthRound round, State.InitTranscript transcript, Outbox out) {
        Optional<OwnCredential> own =
                OwnCredential.choose(
                        sa.lookup().configuration().credentials(),
                        round,
                        sa.localId(),
                        sa.peerSupport(),
                        sa.lookup().configuration().credentials().options().preferPss());
        return own.map(
                credential -> {
                    tellWhatIsAnnounced(sa, credential, out);
                    List<Certificate> sent = sent(sa, credential);
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
                                    octets.withoutPpk(),
                                    OcspContent.wanted(sa, sent)));
                    return new State.OwnSignature(certificates(sa, sent, out), credential.choice());
                });
    }

    /// It may be that the peer takes more than it says, so this stops nothing.
    private static void tellWhatIsAnnounced(SaCore sa, OwnCredential credential, Outbox out) {
        Optional<String> fault = sa.peerSupport().methods().flatMap(AnnouncedMethods::fault);
        if (fault.isPresent()) {
            out.log(sa, Group.IKE, 1, "ignoring SUPPORTED_AUTH_METHODS: %s", fault.get());
        } else if (!credential.isAnnounced(
                sa.lookup().configuration().credentials(), sa.peerSupport())) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "peer announced none of the signatures that we can make, trying %s",
                    credential.choice().scheme());
        }
    }

    /// Why [#sign] had nothing to sign with.
    static String noKey(SaCore sa) {
        boolean modern = !sa.peerSupport().hashes().isEmpty();
        return "no private key found for '%s' that signs as peer and configuration admit%s"
                .formatted(
                        sa.localId(), modern ? "" : "; the peer knows the classic signatures only");
    }

    private static List<Certificate> sent(SaCore sa, OwnCredential own) {
        SendCert policy = sa.connection().certExchange().sendCert();
        boolean sends =
                policy == SendCert.ALWAYS
                        || (policy == SendCert.IFASKED && sa.peerSupport().askedFor().isPresent());
        return sends ? own.chain() : List.of();
    }

    private static List<Payload> certificates(SaCore sa, List<Certificate> sent, Outbox out) {
        var payloads = new ArrayList<Payload>();
        for (Certificate certificate : sent) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "sending %s cert \"%s\"",
                    payloads.isEmpty() ? "end entity" : "issuer",
                    certificate);
            payloads.add(payload(sa, certificate));
        }
        return payloads;
    }

    /// The certificate, or where it is if the peer looks it up there.
    private static Payload payload(SaCore sa, Certificate certificate) {
        var directory = sa.lookup().configuration().credentials().directory();
        return Optional.of(certificate)
                .filter(_ -> sa.peerSupport().looksUp())
                .flatMap(directory::baseOf)
                .map(
                        base ->
                                new Payload.Certificate(
                                        PeerSupport.HASH_AND_URL_ENCODING,
                                        HashAndUrl.of(certificate, base).encode()))
                .orElseGet(
                        () ->
                                new Payload.Certificate(
                                        PeerSupport.X509_ENCODING, certificate.der()));
    }

    /// What goes to the peer as proof of our identity.
    sealed interface Proof {
        /// CERT payloads, AUTH, and what proves the same without a PPK.
        record Made(List<Payload> payloads) implements Proof {}

        record Failed(Reason reason) implements Proof {}
    }

    static Proof proof(SaCore sa, State.OwnSignature own, Computation result, Outbox out) {
        return switch (result) {
            case Computation.Signed(var auth, var withoutPpk, var stapled, var notes) -> {
                notes.forEach(note -> out.log(sa, Group.CFG, 1, "%s", note));
                out.log(
                        sa,
                        Group.IKE,
                        1,
                        "authentication of '%s' (myself) with %s successful",
                        sa.localId(),
                        own.choice().scheme());
                var payloads = new ArrayList<>(own.certificates());
                payloads.addAll(OcspContent.payloads(sa, stapled, out));
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
                        received(payloads, PeerSupport.X509_ENCODING),
                        located(sa, payloads),
                        OcspContent.received(sa, payloads),
                        sa.isInitiator() ? announced(sa.connection()) : KNOWN_HASHES);
        out.compute(
                sa,
                new ComputeJob.Judge(
                        evidence, rounds, sa.lookup().configuration().credentials(), now));
    }

    private static List<Bytes> received(List<Payload> payloads, int encoding) {
        return IkeMessage.all(payloads, Payload.Certificate.class).stream()
                .filter(c -> c.encoding() == encoding)
                .map(Payload.Certificate::data)
                .toList();
    }

    /// Nothing is fetched unless we said that we would.
    private static List<Bytes> located(SaCore sa, List<Payload> payloads) {
        return sa.lookup().configuration().credentials().directory().isUsed()
                ? received(payloads, PeerSupport.HASH_AND_URL_ENCODING)
                : List.of();
    }

    /// HTTP_CERT_LOOKUP_SUPPORTED beside a CERTREQ (RFC 7296 §3.10.1).
    private static List<Payload> withLookup(SaCore sa, Optional<Payload> request) {
        var payloads = new ArrayList<Payload>(2);
        request.ifPresent(payloads::add);
        if (request.isPresent() && sa.lookup().configuration().credentials().directory().isUsed()) {
            payloads.add(Payload.Notify.of(NotifyType.HTTP_CERT_LOOKUP_SUPPORTED));
        }
        return payloads;
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

    /// The peer is the subject of that path, or has a bare key.
    static void accepted(SaCore sa, Judgement.Accepted judgement) {
        AddressLimits.add(sa, judgement.path().flatMap(TrustPath::addressBlocks));
    }

    static void logSuccess(SaCore sa, Identification peer, SignatureScheme scheme, Outbox out) {
        out.log(sa, Group.IKE, 1, "authentication of '%s' with %s successful", peer, scheme);
    }

    private PublicKeyRound() {}
}
