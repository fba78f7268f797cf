package org.keyferry.crypto.tls;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// What both ends of a TLS connection remember of it, to skip most of the handshake the next time:
/// before TLS 1.3, by the session id that the server gave (RFC 5246 §7.3). Only sessions with the
/// extended master secret, as others may be mixed up by somebody between (RFC 7627 §5.3).
///
/// Bouncy Castle's TLS 1.3 has no session tickets, and does not tell the secret to make some of.
///
/// @param version as on the wire
/// @param peerChain DER of the certificates that the peer showed, its own first; empty if it showed
///   none
/// @param master wiped by [#close]
public record ResumableSession(
        Bytes id, int version, int suite, List<Bytes> peerChain, Secret master)
        implements AutoCloseable {
    private static final int MAX_ID_BYTES = 32;

    public ResumableSession {
        if (id.isEmpty() || id.length() > MAX_ID_BYTES) {
            throw new IllegalArgumentException("session id of " + id.length() + " bytes");
        }
        peerChain = List.copyOf(peerChain);
    }

    /// Version and suite are still allowed.
    boolean fits(TlsTerms terms) {
        try {
            return version >= terms.minVersion()
                    && version <= terms.maxVersion()
                    && IntStream.of(Suites.of(terms)).anyMatch(allowed -> allowed == suite);
        } catch (TlsFailure e) {
            return false;
        }
    }

    /// For the library; it has a copy of the secret.
    TlsSession toBc(TlsCrypto crypto) {
        try {
            return TlsUtils.importSession(
                    id.toArray(),
                    new SessionParameters.Builder()
                            .setCipherSuite(suite)
                            .setNegotiatedVersion(
                                    ProtocolVersion.get(version >>> 8, version & 0xff))
                            .setExtendedMasterSecret(true)
                            .setMasterSecret(crypto.createSecret(master.array().clone()))
                            .setServerExtensions(null)
                            .build());
        } catch (IOException e) {
            throw new IllegalStateException(e); // there are no extensions to encode
        }
    }

    /// Wipes the secret.
    @Override
    public void close() {
        master.close();
    }

    @Override
    public String toString() {
        return "ResumableSession(" + id + ")";
    }
}
