package org.keyferry.engine.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SignatureRules.Rule;
import org.keyferry.wire.AuthAnnouncement;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Which ways to authenticate we take of a peer (RFC 9593). Nothing is said where no connection
/// that may be meant limits signatures: the peer would learn nothing.
public final class OwnAnnouncement {
    /// More would make IKE_SA_INIT a large datagram, which cannot travel in IKE fragments.
    private static final int MOST_BYTES = 512;

    /// The classic methods, and what they stand for.
    private static final Map<SignatureScheme, Integer> CLASSIC =
            Map.of(
                    SignatureScheme.RSA_PKCS1_SHA1, SignatureAuth.RSA,
                    SignatureScheme.ECDSA_SHA256, SignatureAuth.ECDSA_256,
                    SignatureScheme.ECDSA_SHA384, SignatureAuth.ECDSA_384,
                    SignatureScheme.ECDSA_SHA512, SignatureAuth.ECDSA_521);

    private OwnAnnouncement() {}

    /// Whether a connection takes certain signatures only.
    public static boolean limits(Connection connection) {
        return connection.remote().stream()
                .anyMatch(
                        peer ->
                                peer.method() == AuthMethod.PUBKEY
                                        && !peer.publicKey().signatures().ofAuth().isEmpty());
    }

    /// SUPPORTED_AUTH_METHODS.
    ///
    /// @param connections that may be meant, best first
    /// @param requested keys of the CAs in our CERTREQ of the same message, as SHA-1
    /// @param hashes that we tell to take
    public static Optional<Payload> of(
            List<Connection> connections,
            Credentials credentials,
            List<Bytes> requested,
            List<SignatureHash> hashes) {
        if (connections.stream().noneMatch(OwnAnnouncement::limits)) {
            return Optional.empty();
        }
        var all = new LinkedHashSet<AuthAnnouncement>();
        for (Connection connection : connections) {
            for (AuthRound peer : connection.remote()) {
                switch (peer.method()) {
                    case PSK -> all.add(AuthAnnouncement.plain(AuthAnnouncement.SHARED_KEY));
                    case PUBKEY -> {
                        List<Integer> links = links(peer, credentials, requested);
                        for (SignatureScheme scheme : schemes(peer)) {
                            links.forEach(link -> add(scheme, link, hashes, all));
                        }
                    }
                    case EAP -> {} // has no method of AUTH to itself
                }
            }
        }
        Bytes data = AuthAnnouncement.encode(List.copyOf(all));
        return data.length() == 0 || data.length() > MOST_BYTES // without data: it comes later
                ? Optional.empty()
                : Optional.of(Payload.Notify.of(NotifyType.SUPPORTED_AUTH_METHODS, data));
    }

    /// In the order of the rules; a key's length is not told.
    private static Set<SignatureScheme> schemes(AuthRound peer) {
        List<Rule> rules = peer.publicKey().signatures().ofAuth();
        if (rules.isEmpty()) {
            return new LinkedHashSet<>(Arrays.asList(SignatureScheme.values()));
        }
        var schemes = new LinkedHashSet<SignatureScheme>();
        for (Rule rule : rules) {
            for (SignatureScheme scheme : SignatureScheme.values()) {
                if (SignatureLimits.admits(List.of(rule), scheme, Integer.MAX_VALUE)) {
                    schemes.add(scheme);
                }
            }
        }
        return schemes;
    }

    private static void add(
            SignatureScheme scheme,
            int link,
            List<SignatureHash> hashes,
            Set<AuthAnnouncement> announced) {
        if (hashes.contains(scheme.hash())) {
            announced.add(AuthAnnouncement.signature(link, scheme.algorithmIdentifier()));
        }
        Integer classic = CLASSIC.get(scheme);
        if (classic != null) {
            announced.add(AuthAnnouncement.linked(classic, link));
        }
    }

    /// Places in the CERTREQ of the CAs that the peer's certificate must be under; 0, for any of
    /// them, if that is said by the CERTREQ itself or cannot be said.
    private static List<Integer> links(
            AuthRound peer, Credentials credentials, List<Bytes> requested) {
        List<Bytes> demanded =
                credentials.configured(peer.publicKey().cacerts()).stream()
                        .map(Certificate::keyInfoSha1)
                        .toList();
        if (demanded.isEmpty() || demanded.containsAll(requested)) {
            return List.of(0);
        }
        var links = new ArrayList<Integer>();
        for (Bytes ca : demanded) {
            int link = requested.indexOf(ca) + 1;
            if (link == 0 || link > AuthAnnouncement.MOST_AUTHORITIES) {
                return List.of(0);
            }
            links.add(link);
        }
        return links;
    }
}
