package org.keyferry.engine.trust;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
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
/// @param ocspResponders keys, as SHA-1, of the OCSP responders that it trusts by themselves; empty
///   if it does not ask for their answers
/// @param looksUp it fetches certificates by hash and URL
/// @param methods that it announced (RFC 9593)
public record PeerSupport(
        List<SignatureHash> hashes,
        Optional<Set<Bytes>> askedFor,
        boolean multipleAuth,
        Optional<Set<Bytes>> ocspResponders,
        boolean looksUp,
        Optional<AnnouncedMethods> methods) {
    public static final PeerSupport NONE =
            new PeerSupport(
                    List.of(), Optional.empty(), false, Optional.empty(), false, Optional.empty());

    /// Without several rounds.
    public PeerSupport(List<SignatureHash> hashes, Optional<Set<Bytes>> askedFor, boolean looksUp) {
        this(hashes, askedFor, false, Optional.empty(), looksUp, Optional.empty());
    }

    /// X.509 certificates (RFC 7296 §3.6).
    public static final int X509_ENCODING = 4;

    /// Hash and URL of an X.509 certificate (RFC 7296 §3.6).
    public static final int HASH_AND_URL_ENCODING = 12;

    /// An answer of an OCSP responder (RFC 4806 §3).
    public static final int OCSP_ENCODING = 14;

    private static final int SHA1_BYTES = 20;

    /// Of each kind, from all messages of a set-up together; further ones are not looked at.
    static final int MOST_KEYS = 2_000;

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
        List<Bytes> authorities = keys(requests, X509_ENCODING);
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
        return new PeerSupport(
                announced.map(n -> SignatureHash.decode(n.data())).orElse(hashes),
                asked(askedFor, requests, e -> e != OCSP_ENCODING, X509_ENCODING),
                rounds,
                asked(ocspResponders, requests, e -> e == OCSP_ENCODING, OCSP_ENCODING),
                looksUp || lookup,
                ways.or(() -> methods));
    }

    /// Keys that requests name, as SHA-1, in the peer's order.
    private static List<Bytes> keys(List<Payload.CertificateRequest> requests, int encoding) {
        var named = new ArrayList<Bytes>();
        for (var request : requests) {
            Bytes keys = request.encoding() == encoding ? request.data() : Bytes.EMPTY;
            for (int at = 0; at + SHA1_BYTES <= keys.length(); at += SHA1_BYTES) {
                named.add(keys.slice(at, at + SHA1_BYTES));
            }
        }
        return named;
    }

    /// @param counts whether a request with this encoding is one
    /// @param encoding of requests that name keys
    private static Optional<Set<Bytes>> asked(
            Optional<Set<Bytes>> before,
            List<Payload.CertificateRequest> requests,
            IntPredicate counts,
            int encoding) {
        if (requests.stream().noneMatch(request -> counts.test(request.encoding()))) {
            return before;
        }
        var asked = new HashSet<Bytes>(before.orElse(Set.of()));
        for (Bytes key : keys(requests, encoding)) {
            if (asked.size() < MOST_KEYS) {
                asked.add(Bytes.of(key.toArray())); // without the message around it
            }
        }
        return Optional.of(asked);
    }
}
