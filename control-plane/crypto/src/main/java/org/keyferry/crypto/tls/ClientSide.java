package org.keyferry.crypto.tls;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/// The client of a handshake.
final class ClientSide extends DefaultTlsClient {
    private final TlsTerms terms;
    private final BcTlsCrypto bc;
    private final int[] suites;
    private final Keys keys;

    ClientSide(TlsTerms terms, BcTlsCrypto bc, int[] suites) {
        super(bc);
        this.terms = terms;
        this.bc = bc;
        this.suites = suites;
        this.keys = new Keys(terms.key());
    }

    Keys keys() {
        return keys;
    }

    @Override
    public TlsSession getSessionToResume() {
        return terms.resumption()
                .offered()
                .filter(session -> session.fits(terms))
                .map(session -> session.toBc(bc))
                .orElse(null);
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return Suites.versions(terms);
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return suites;
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    protected Vector getSupportedGroups(Vector namedGroupRoles) {
        return Suites.groups(terms);
    }

    /// A name of the server belongs to the web.
    @Override
    protected Vector<ServerName> getSNIServerNames() {
        return null;
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate received) throws IOException {
                PeerCertificates.judge(terms, received.getCertificate());
            }

            @Override
            public TlsCredentials getClientCredentials(CertificateRequest request)
                    throws IOException {
                return terms.own().isEmpty()
                        ? null
                        : Signer.of(
                                terms.own().get(),
                                context,
                                bc,
                                request.getSupportedSignatureAlgorithms(),
                                request.getCertificateRequestContext());
            }
        };
    }

    /// Nobody renegotiates inside of EAP, and charon does not say that it would do so securely.
    @Override
    public void notifySecureRenegotiation(boolean secure) {}

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        keys.established(context);
    }
}
