package org.keyferry.crypto.tls;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.keyferry.wire.Bytes;

/// The server of a handshake.
final class ServerSide extends DefaultTlsServer {
    private static final int SESSION_ID_BYTES = 32;

    private final TlsTerms terms;
    private final BcTlsCrypto bc;
    private final int[] suites;
    private final Keys keys;

    ServerSide(TlsTerms terms, BcTlsCrypto bc, int[] suites) {
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
    public byte[] getNewSessionID() {
        return terms.resumption().wanted()
                ? context.getNonceGenerator().generateNonce(SESSION_ID_BYTES)
                : TlsUtils.EMPTY_BYTES;
    }

    @Override
    public TlsSession getSessionToResume(byte[] id) {
        return TlsUtils.isNullOrEmpty(id)
                ? null
                : terms.resumption()
                        .known()
                        .apply(Bytes.of(id))
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
    public int[] getSupportedGroups() {
        return Suites.groups(terms).stream().mapToInt(Integer::intValue).toArray();
    }

    /// In TLS 1.2 the suite and the key must be of one kind.
    @Override
    protected boolean selectCipherSuite(int suite) throws IOException {
        boolean rsa = isRsa();
        String name = Suites.name(suite);
        boolean fits = rsa ? !name.contains("_ECDSA_") : !name.contains("_RSA_");
        return fits && super.selectCipherSuite(suite);
    }

    private boolean isRsa() throws IOException {
        try {
            var own =
                    org.keyferry.crypto.cert.Certificate.parse(
                            terms.own().orElseThrow().chain().getFirst());
            return own.publicKey().getAlgorithm().equals("RSA");
        } catch (org.keyferry.crypto.cert.BadCertificate e) {
            throw new IOException(e);
        }
    }

    @Override
    public TlsCredentials getCredentials() throws IOException {
        return Signer.of(
                terms.own().orElseThrow(),
                context,
                bc,
                context.getSecurityParametersHandshake().getClientSigAlgs(),
                TlsUtils.EMPTY_BYTES);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // the library's collections
    public CertificateRequest getCertificateRequest() throws IOException {
        if (!terms.askPeer()) {
            return null;
        }
        var names = new Vector<X500Name>();
        for (Bytes name : terms.authorities()) {
            names.add(X500Name.getInstance(name.toArray()));
        }
        var schemes = TlsUtils.getDefaultSupportedSignatureAlgorithms(context);
        if (TlsUtils.isTLSv13(context)) {
            // there is no empty list of authorities (RFC 8446 §4.2.4)
            return new CertificateRequest(
                    TlsUtils.EMPTY_BYTES, schemes, null, names.isEmpty() ? null : names);
        }
        return new CertificateRequest(
                new short[] {ClientCertificateType.rsa_sign, ClientCertificateType.ecdsa_sign},
                schemes,
                names);
    }

    @Override
    public void notifyClientCertificate(Certificate received) throws IOException {
        PeerCertificates.judge(terms, received);
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
