package org.keyferry.engine.trust;

import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.KeyKind;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Fault;
import org.keyferry.crypto.cert.HashAndUrl;
import org.keyferry.crypto.cert.RawKey;
import org.keyferry.crypto.cert.TrustPath;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.Bytes;

/// Judges a peer's signature and certificates by what the rounds of several connections demand. A
/// certificate that came in a message helps to find a path, and proves nothing by itself. The
/// signature is looked at first: nobody who cannot make it costs a search for paths.
public final class PeerTrust {
    /// Certificates of one message that are looked at.
    private static final int MAX_CERTIFICATES = 16;

    private final Evidence evidence;
    private final Credentials credentials;
    private final List<String> notes = new ArrayList<>();
    private final List<Certificate> received = new ArrayList<>();
    private final Map<PublicKey, Optional<SignatureScheme>> verified = new HashMap<>();
    private final Paths paths;

    private PeerTrust(Evidence evidence, Credentials credentials, Instant at) {
        this.evidence = evidence;
        this.credentials = credentials;
        parseReceived();
        this.paths = new Paths(credentials, received, evidence.stapled(), at, notes);
    }

    /// The first of the rounds that the peer complies with.
    ///
    /// @param rounds of connections that may be meant, the best first
    public static Judgement judge(
            Evidence evidence, List<AuthRound> rounds, Credentials credentials, Instant at) {
        var trust = new PeerTrust(evidence, credentials, at);
        var reasons = new ArrayList<Objection>();
        var known = new HashMap<AuthRound, Objection>();
        for (int candidate = 0; candidate < rounds.size(); candidate++) {
            AuthRound round = rounds.get(candidate);
            if (!known.containsKey(round)) {
                switch (trust.judge(round)) {
                    case Outcome.Complies(var scheme, var path) -> {
                        return new Judgement.Accepted(
                                candidate,
                                scheme,
                                path,
                                reasons.stream().map(Objection::text).toList(),
                                trust.notes);
                    }
                    case Outcome.Fails(Objection objection) -> known.put(round, objection);
                }
            }
            reasons.add(known.get(round));
        }
        return new Judgement.Refused(reasons, trust.notes);
    }

    private sealed interface Outcome {
        record Complies(SignatureScheme scheme, Optional<TrustPath> path) implements Outcome {}

        record Fails(Objection objection) implements Outcome {
            static Fails unacceptable(String text) {
                return new Fails(new Objection(Fault.UNACCEPTABLE, text));
            }
        }
    }

    private void parseReceived() {
        var encoded = new ArrayList<>(evidence.certificates());
        encoded.addAll(credentials.directory().fetch(located(), notes::add));
        for (Bytes der : encoded.subList(0, Math.min(encoded.size(), MAX_CERTIFICATES))) {
            try {
                Certificate certificate = Certificate.parse(der);
                boolean first = received.isEmpty();
                notes.add(
                        "received %s cert \"%s\""
                                .formatted(first ? "end entity" : "issuer", certificate));
                received.add(certificate);
            } catch (BadCertificate e) {
                notes.add("received certificate is ignored: " + e.getMessage());
            }
        }
        if (encoded.size() > MAX_CERTIFICATES) {
            notes.add(
                    "of %d certificates only %d are looked at"
                            .formatted(encoded.size(), MAX_CERTIFICATES));
        }
    }

    private List<HashAndUrl> located() {
        var located = new ArrayList<HashAndUrl>();
        for (Bytes payload : evidence.located()) {
            try {
                located.add(HashAndUrl.parse(payload));
            } catch (BadCertificate e) {
                notes.add("received certificate is ignored: " + e.getMessage());
            }
        }
        return located;
    }

    private Outcome judge(AuthRound round) {
        if (round.method() != AuthMethod.PUBKEY) {
            return Outcome.Fails.unacceptable(
                    "peer authenticated with a public key, %s is required"
                            .formatted(
                                    round.method() == AuthMethod.PSK
                                            ? "a pre-shared key"
                                            : round.method().name()));
        }
        var objections = new LinkedHashSet<Objection>();
        for (Certificate certificate : certificates(round)) {
            Outcome outcome = judge(round, certificate);
            if (outcome instanceof Outcome.Fails(Objection objection)) {
                objections.add(objection);
            } else {
                return outcome;
            }
        }
        for (RawKey key : keys(round)) {
            switch (signature(round, key.key())) {
                case Outcome.Complies(var scheme, _) when comesWithoutPath(round) -> {
                    notes.add("using trusted public key of '%s'".formatted(evidence.peer()));
                    return new Outcome.Complies(scheme, Optional.empty());
                }
                case Outcome.Complies _ ->
                        objections.add(
                                new Objection(
                                        Fault.UNACCEPTABLE, "a bare key has no trusted path"));
                case Outcome.Fails(Objection objection) -> objections.add(objection);
            }
        }
        return objections.isEmpty()
                ? Outcome.Fails.unacceptable(noKey())
                : new Outcome.Fails(Objection.all(objections).prefixed(noKey() + ": "));
    }

    /// Bare keys that are demanded; where nothing is, those loaded that the peer names.
    private List<RawKey> keys(AuthRound round) {
        var terms = round.publicKey();
        return terms.pubkeys().isEmpty() && terms.certs().isEmpty()
                ? credentials.publicKeysOf(evidence.peer())
                : terms.pubkeys().stream().map(RawKey::parse).flatMap(Optional::stream).toList();
    }

    /// A bare key has neither CAs nor a status.
    private static boolean comesWithoutPath(AuthRound round) {
        var terms = round.publicKey();
        return terms.cacerts().isEmpty()
                && terms.caId().isEmpty()
                && terms.certPolicy().isEmpty()
                && terms.revocation() != org.keyferry.settings.model.Revocation.STRICT;
    }

    private String noKey() {
        String kind =
                SignatureAuth.schemeOf(evidence.method(), evidence.auth())
                        .map(scheme -> scheme.keyKind().name() + " ")
                        .orElse("");
        if (!received.isEmpty() && received.stream().noneMatch(c -> c.isFor(evidence.peer()))) {
            return "no trusted %spublic key found for '%s', as certificate '%s' is for somebody else"
                    .formatted(kind, evidence.peer(), received.getFirst());
        }
        return "no trusted %spublic key found for '%s'".formatted(kind, evidence.peer());
    }

    /// Those that were issued for the peer: received ones first, then those at hand.
    private Set<Certificate> certificates(AuthRound round) {
        var candidates = new LinkedHashSet<Certificate>();
        received.stream().filter(c -> c.isFor(evidence.peer())).forEach(candidates::add);
        credentials.configured(round.publicKey().certs()).stream()
                .filter(c -> c.isFor(evidence.peer()))
                .forEach(candidates::add);
        candidates.addAll(credentials.endEntitiesFor(evidence.peer()));
        return candidates;
    }

    private Outcome judge(AuthRound round, Certificate certificate) {
        return switch (signature(round, certificate.publicKey())) {
            case Outcome.Fails(Objection(var fault, String text)) ->
                    new Outcome.Fails(
                            new Objection(fault, text + " (certificate '" + certificate + "')"));
            case Outcome.Complies(var scheme, _) ->
                    switch (paths.find(certificate, round.publicKey())) {
                        case Paths.Found.Path(TrustPath path) ->
                                new Outcome.Complies(scheme, Optional.of(path));
                        case Paths.Found.None(Objection objection) -> new Outcome.Fails(objection);
                    };
        };
    }

    /// Whether the key made the signature, and in a way that the round admits.
    private Outcome signature(AuthRound round, PublicKey key) {
        Optional<SignatureScheme> scheme = verified.computeIfAbsent(key, this::verify);
        if (scheme.isEmpty()) {
            return Outcome.Fails.unacceptable("the signature was not made with that key");
        }
        boolean announced =
                evidence.method() != SignatureAuth.DIGITAL_SIGNATURE
                        || evidence.announced().contains(scheme.get().hash());
        if (!announced) {
            return Outcome.Fails.unacceptable(
                    "signed with %s, a hash that was not announced".formatted(scheme.get()));
        }
        int bits = KeyKind.strengthBits(key);
        if (!SignatureLimits.admits(round.publicKey().signatures().ofAuth(), scheme.get(), bits)) {
            return Outcome.Fails.unacceptable(
                    "signature %s with a %d bit key is not acceptable"
                            .formatted(scheme.get(), bits));
        }
        return new Outcome.Complies(scheme.get(), Optional.empty());
    }

    private Optional<SignatureScheme> verify(PublicKey key) {
        return SignatureAuth.verify(evidence.method(), evidence.auth(), key, evidence.octets());
    }
}
