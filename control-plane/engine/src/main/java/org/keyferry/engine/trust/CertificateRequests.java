package org.keyferry.engine.trust;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;

/// CAs under which a peer's certificate may be (RFC 7296 §3.7).
public final class CertificateRequests {
    /// A request for more would not fit a message; a peer then chooses by itself.
    private static final int MAX_AUTHORITIES = 250;

    private CertificateRequests() {}

    /// Keys of CAs, as SHA-1: those that the connections demand, all trusted ones where a
    /// connection demands none.
    public static List<Bytes> of(List<Connection> connections, Credentials credentials) {
        var authorities = new LinkedHashSet<Bytes>();
        boolean all = false;
        for (Connection connection : connections) {
            AuthRound peer = connection.remote().getFirst();
            if (connection.certExchange().sendCertreq() && peer.method() == AuthMethod.PUBKEY) {
                all = all || peer.publicKey().cacerts().isEmpty();
                add(credentials.configured(peer.publicKey().cacerts()), authorities);
            }
        }
        if (all) {
            add(credentials.authorities(), authorities);
        }
        return authorities.size() > MAX_AUTHORITIES ? List.of() : List.copyOf(authorities);
    }

    private static void add(List<Certificate> certificates, Set<Bytes> authorities) {
        certificates.forEach(c -> authorities.add(c.keyInfoSha1()));
    }
}
