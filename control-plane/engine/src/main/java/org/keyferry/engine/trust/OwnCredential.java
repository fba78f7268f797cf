package org.keyferry.engine.trust;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.keyferry.crypto.KeyKind;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.SigningKey;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.RawKey;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// What the own side signs with.
///
/// @param chain own certificate and the intermediate CAs above it; empty with a bare key
public record OwnCredential(List<Certificate> chain, SigningKey key, SignatureAuth.Choice choice) {
    public OwnCredential {
        chain = List.copyOf(chain);
    }

    /// A key of ours, with or without a certificate.
    private record Candidate(Optional<Certificate> certificate, PublicKey publicKey, Bytes keyId) {
        static Candidate of(Certificate certificate) {
            return new Candidate(
                    Optional.of(certificate), certificate.publicKey(), certificate.keyId());
        }
    }

    /// Of what is configured and has a private key: the first under a CA that the peer asked for,
    /// else the first. Where nothing is configured, of what is loaded for the identity. What the
    /// peer announced that it takes goes before everything else.
    ///
    /// @return empty if no key is there, or none can sign so that the peer understands
    public static Optional<OwnCredential> choose(
            Credentials credentials,
            AuthRound round,
            Identification id,
            PeerSupport peer,
            boolean preferPss) {
        List<Candidate> candidates = candidates(credentials, round.publicKey(), id);
        var inOrder = new ArrayList<Candidate>();
        candidates.stream().filter(c -> isAskedFor(credentials, c, peer)).forEach(inOrder::add);
        inOrder.addAll(candidates);
        var search = new Search(credentials, round, peer, preferPss);
        return peer.methods()
                .flatMap(methods -> first(inOrder, c -> search.announced(c, methods)))
                .or(() -> first(inOrder, search::usable));
    }

    private static Optional<OwnCredential> first(
            List<Candidate> candidates, Function<Candidate, Optional<OwnCredential>> usable) {
        return candidates.stream().map(usable).flatMap(Optional::stream).findFirst();
    }

    /// Whether the peer takes it, by what it announced; without that, as far as anybody knows.
    public boolean isAnnounced(Credentials credentials, PeerSupport peer) {
        return peer.methods()
                .map(
                        methods ->
                                methods.admits(
                                        choice,
                                        ca ->
                                                !chain.isEmpty()
                                                        && credentials.leadsTo(
                                                                chain.getFirst(), Set.of(ca))))
                .orElse(true);
    }

    /// A certificate and its key, for TLS.
    public record ForTls(List<Certificate> chain, SigningKey key) {
        public ForTls {
            chain = List.copyOf(chain);
        }
    }

    /// The first that is configured and has a private key, else one that is loaded for the
    /// identity.
    public static Optional<ForTls> forTls(
            Credentials credentials, AuthRound round, Identification id) {
        for (Candidate candidate : candidates(credentials, round.publicKey(), id)) {
            Optional<SigningKey> key = credentials.key(candidate.keyId());
            if (key.isPresent() && candidate.certificate().isPresent()) {
                return Optional.of(new ForTls(chain(credentials, candidate), key.get()));
            }
        }
        return Optional.empty();
    }

    private static List<Candidate> candidates(
            Credentials credentials, PublicKeyTerms terms, Identification id) {
        var candidates = new ArrayList<Candidate>();
        credentials.configured(terms.certs()).forEach(c -> candidates.add(Candidate.of(c)));
        for (Bytes keyInfo : terms.pubkeys()) {
            RawKey.parse(keyInfo)
                    .ifPresent(
                            raw ->
                                    candidates.add(
                                            new Candidate(
                                                    Optional.empty(), raw.key(), raw.keyId())));
        }
        if (terms.certs().isEmpty() && terms.pubkeys().isEmpty()) {
            credentials.endEntitiesFor(id).forEach(c -> candidates.add(Candidate.of(c)));
        }
        return candidates;
    }

    private static boolean isAskedFor(
            Credentials credentials, Candidate candidate, PeerSupport peer) {
        return peer.askedFor().isPresent()
                && candidate
                        .certificate()
                        .filter(c -> credentials.leadsTo(c, peer.askedFor().get()))
                        .isPresent();
    }

    private record Search(
            Credentials credentials, AuthRound round, PeerSupport peer, boolean preferPss) {
        Optional<OwnCredential> usable(Candidate candidate) {
            return credential(
                    candidate,
                    (kind, bits, allowed) ->
                            SignatureAuth.choose(kind, bits, peer.hashes(), allowed, preferPss));
        }

        Optional<OwnCredential> announced(Candidate candidate, AnnouncedMethods methods) {
            return credential(
                    candidate,
                    (kind, bits, allowed) ->
                            SignatureAuth.choose(
                                    kind,
                                    bits,
                                    peer.hashes(),
                                    allowed,
                                    preferPss,
                                    choice ->
                                            methods.admits(choice, ca -> isUnder(candidate, ca))));
        }

        private boolean isUnder(Candidate candidate, Bytes ca) {
            return candidate
                    .certificate()
                    .filter(c -> credentials.leadsTo(c, Set.of(ca)))
                    .isPresent();
        }

        private interface Choosing {
            Optional<SignatureAuth.Choice> choose(
                    KeyKind kind, int bits, List<SignatureScheme> allowed);
        }

        private Optional<OwnCredential> credential(Candidate candidate, Choosing choosing) {
            Optional<SigningKey> key = credentials.key(candidate.keyId());
            Optional<KeyKind> kind = KeyKind.of(candidate.publicKey());
            if (key.isEmpty() || kind.isEmpty()) {
                return Optional.empty();
            }
            int bits = KeyKind.strengthBits(candidate.publicKey());
            return SignatureLimits.schemes(
                            round.publicKey().signatures().ofAuth(), kind.get(), bits, preferPss)
                    .flatMap(allowed -> choosing.choose(kind.get(), bits, allowed))
                    .map(
                            choice ->
                                    new OwnCredential(
                                            chain(credentials, candidate), key.get(), choice));
        }
    }

    /// Without the root, which a peer knows or does not trust.
    private static List<Certificate> chain(Credentials credentials, Candidate candidate) {
        return candidate.certificate().map(credentials::chain).orElse(List.of()).stream()
                .filter(c -> !(c.isCa() && c.isSelfIssued()))
                .toList();
    }
}
