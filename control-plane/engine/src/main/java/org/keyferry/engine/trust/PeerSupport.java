package org.keyferry.engine.trust;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// What a peer told about signatures and certificates that it takes.
///
/// @param hashes of RFC 7427; empty if it knows only the classic methods
/// @param multipleAuth several authentication rounds (RFC 4739)
/// @param askedFor keys of the CAs in its CERTREQ payloads, as SHA-1; empty without CERTREQ
/// @param looksUp it fetches certificates by hash and URL
/// @param methods that it announced (RFC 9593)
public record PeerSupport(
        List<SignatureHash> hashes,
        Optional<Set<Bytes>> askedFor,
        boolean multipleAuth,
        boolean looksUp,
        Optional<AnnouncedMethods> methods) {
    public static final PeerSupport NONE =
            new PeerSupport(List.of(), Optional.empty(), false, false, Optional.empty());

    /// Without several rounds.
    public PeerSupport(List<SignatureHash> hashes, Optional<Set<Bytes>> askedFor, boolean looksUp) {
        this(hashes, askedFor, false, looksUp, Optional.empty());
    }

    /// X.509 certificates (RFC 7296 §3.6).
    public static final int X509_ENCODING = 4;

    /// Hash and URL of an X.509 certificate (RFC 7296 §3.6).
    public static final int HASH_AND_URL_ENCODING = 12;

    private static final int SHA1_BYTES = 20;

    /// With what a further message tells.
    public PeerSupport with(List<Payload> payloads) {
        var announced = IkeMessage.notify(payloads, NotifyType.SIGNATURE_HASH_ALGORITHMS);
        List<Payload.CertificateRequest> requests =
                IkeMessage.all(payloads, Payload.CertificateRequest.class);
        boolean lookup =
                IkeMessage.notify(payloads, NotifyType.HTTP_CERT_LOOKUP_SUPPORTED).isPresent();
        boolean rounds =
                multipleAuth
                        || IkeMessage.notify(payloads, NotifyType.MULTIPLE_AUTH_SUPPORTED)
                                .isPresent();
        List<Bytes> authorities = authorities(requests);
        Optional<AnnouncedMethods> ways = AnnouncedMethods.of(payloads, authorities);
        boolean nothing =
                announced.isEmpty()
                        && requests.isEmpty()
                        && !lookup
                        && rounds == multipleAuth
                        && ways.isEmpty();
        if (nothing) {
            return this;
        }
        var asked = new HashSet<Bytes>(askedFor.orElse(Set.of()));
        asked.addAll(authorities);
        return new PeerSupport(
                announced.map(n -> SignatureHash.decode(n.data())).orElse(hashes),
                requests.isEmpty() ? askedFor : Optional.of(asked),
                rounds,
                looksUp || lookup,
                ways.or(() -> methods));
    }

    /// Keys of the CAs, as SHA-1, in the peer's order.
    private static List<Bytes> authorities(List<Payload.CertificateRequest> requests) {
        var authorities = new ArrayList<Bytes>();
        for (var request : requests) {
            if (request.encoding() == X509_ENCODING) {
                Bytes keys = request.data();
                for (int at = 0; at + SHA1_BYTES <= keys.length(); at += SHA1_BYTES) {
                    authorities.add(keys.slice(at, at + SHA1_BYTES));
                }
            }
        }
        return authorities;
    }
}
