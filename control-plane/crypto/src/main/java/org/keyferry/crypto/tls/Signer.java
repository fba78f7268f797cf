package org.keyferry.crypto.tls;

import static org.keyferry.crypto.SignatureScheme.ECDSA_SHA256;
import static org.keyferry.crypto.SignatureScheme.ECDSA_SHA384;
import static org.keyferry.crypto.SignatureScheme.ECDSA_SHA512;
import static org.keyferry.crypto.SignatureScheme.ED25519;
import static org.keyferry.crypto.SignatureScheme.ED448;
import static org.keyferry.crypto.SignatureScheme.RSA_PKCS1_SHA256;
import static org.keyferry.crypto.SignatureScheme.RSA_PKCS1_SHA384;
import static org.keyferry.crypto.SignatureScheme.RSA_PKCS1_SHA512;
import static org.keyferry.crypto.SignatureScheme.RSA_PSS_SHA256;
import static org.keyferry.crypto.SignatureScheme.RSA_PSS_SHA384;
import static org.keyferry.crypto.SignatureScheme.RSA_PSS_SHA512;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.keyferry.crypto.RemoteKey;
import org.keyferry.crypto.Signatures;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.wire.Bytes;

/// Our certificate and key in a handshake. The key signs by JCA, as for IKE.
final class Signer implements TlsCredentialedSigner {
    /// @param old also in TLS 1.2
    /// @param ours what IKE calls it
    private record Scheme(
            int code,
            String jca,
            int pssBytes,
            boolean modern,
            boolean old,
            org.keyferry.crypto.SignatureScheme ours) {}

    private static final List<Scheme> RSA =
            List.of(
                    new Scheme(
                            SignatureScheme.rsa_pss_rsae_sha256,
                            "SHA-256",
                            32,
                            true,
                            true,
                            RSA_PSS_SHA256),
                    new Scheme(
                            SignatureScheme.rsa_pss_rsae_sha384,
                            "SHA-384",
                            48,
                            true,
                            true,
                            RSA_PSS_SHA384),
                    new Scheme(
                            SignatureScheme.rsa_pss_rsae_sha512,
                            "SHA-512",
                            64,
                            true,
                            true,
                            RSA_PSS_SHA512),
                    new Scheme(
                            SignatureScheme.rsa_pkcs1_sha256,
                            "SHA256withRSA",
                            0,
                            false,
                            true,
                            RSA_PKCS1_SHA256),
                    new Scheme(
                            SignatureScheme.rsa_pkcs1_sha384,
                            "SHA384withRSA",
                            0,
                            false,
                            true,
                            RSA_PKCS1_SHA384),
                    new Scheme(
                            SignatureScheme.rsa_pkcs1_sha512,
                            "SHA512withRSA",
                            0,
                            false,
                            true,
                            RSA_PKCS1_SHA512));

    private final Scheme scheme;
    private final PrivateKey key;
    private final Certificate chain;

    private Signer(Scheme scheme, PrivateKey key, Certificate chain) {
        this.scheme = scheme;
        this.key = key;
        this.chain = chain;
    }

    /// @param peersSchemes that the peer can verify
    /// @param requestContext of the CertificateRequest in TLS 1.3
    /// @throws TlsFatalAlert if there is none in common
    static Signer of(
            TlsTerms.Own own,
            TlsContext context,
            TlsCrypto crypto,
            Vector<?> peersSchemes,
            byte[] requestContext)
            throws IOException {
        boolean modern =
                Suites.is13(context.getSecurityParametersHandshake().getNegotiatedVersion());
        try {
            PrivateKey key = own.key().toPrivateKey();
            for (Scheme scheme : schemes(own)) {
                var algorithm = SignatureScheme.getSignatureAndHashAlgorithm(scheme.code());
                boolean known = peersSchemes != null && peersSchemes.contains(algorithm);
                if (known && (modern ? scheme.modern() : scheme.old())) {
                    return new Signer(scheme, key, chain(own, crypto, modern, requestContext));
                }
            }
        } catch (GeneralSecurityException | BadCertificate | IllegalStateException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
        throw new TlsFatalAlert(
                AlertDescription.handshake_failure,
                "peer verifies no signature that our key can make");
    }

    private static List<Scheme> schemes(TlsTerms.Own own) throws BadCertificate {
        var subject = org.keyferry.crypto.cert.Certificate.parse(own.chain().getFirst());
        return switch (subject.publicKey().getAlgorithm()) {
            case "RSA" -> RSA;
            case "EC" -> {
                int bits = ((ECPublicKey) subject.publicKey()).getParams().getOrder().bitLength();
                yield bits <= 256
                        ? ec(
                                SignatureScheme.ecdsa_secp256r1_sha256,
                                "SHA256withECDSA",
                                ECDSA_SHA256)
                        : bits <= 384
                                ? ec(
                                        SignatureScheme.ecdsa_secp384r1_sha384,
                                        "SHA384withECDSA",
                                        ECDSA_SHA384)
                                : ec(
                                        SignatureScheme.ecdsa_secp521r1_sha512,
                                        "SHA512withECDSA",
                                        ECDSA_SHA512);
            }
            case "Ed25519", "EdDSA" -> {
                boolean small = subject.publicKey().toString().contains("25519");
                yield small
                        ? ec(SignatureScheme.ed25519, "Ed25519", ED25519)
                        : ec(SignatureScheme.ed448, "Ed448", ED448);
            }
            default -> ec(SignatureScheme.ed448, "Ed448", ED448);
        };
    }

    private static List<Scheme> ec(int code, String jca, org.keyferry.crypto.SignatureScheme ours) {
        return List.of(new Scheme(code, jca, 0, true, true, ours));
    }

    private static Certificate chain(
            TlsTerms.Own own, TlsCrypto crypto, boolean modern, byte[] requestContext)
            throws IOException {
        var certificates = new ArrayList<TlsCertificate>();
        for (Bytes der : own.chain()) {
            certificates.add(crypto.createCertificate(der.toArray()));
        }
        if (!modern) {
            return new Certificate(certificates.toArray(new TlsCertificate[0]));
        }
        return new Certificate(
                requestContext,
                certificates.stream()
                        .map(c -> new CertificateEntry(c, null))
                        .toArray(CertificateEntry[]::new));
    }

    @Override
    public Certificate getCertificate() {
        return chain;
    }

    @Override
    public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
        return SignatureScheme.getSignatureAndHashAlgorithm(scheme.code());
    }

    @Override
    public byte[] generateRawSignature(byte[] hash) throws IOException {
        throw new TlsFatalAlert(AlertDescription.internal_error, "signatures are made of streams");
    }

    @Override
    public TlsStreamSigner getStreamSigner() throws IOException {
        if (key instanceof RemoteKey) {
            return new Collected(scheme.ours(), key, new ByteArrayOutputStream());
        }
        try {
            Signature signature =
                    Signature.getInstance(scheme.pssBytes() > 0 ? "RSASSA-PSS" : scheme.jca());
            if (scheme.pssBytes() > 0) {
                signature.setParameter(
                        new PSSParameterSpec(
                                scheme.jca(),
                                "MGF1",
                                new MGF1ParameterSpec(scheme.jca()),
                                scheme.pssBytes(),
                                1));
            }
            signature.initSign(key);
            return new Stream(signature);
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    /// Whoever holds the key gets all at once.
    private record Collected(
            org.keyferry.crypto.SignatureScheme scheme, PrivateKey key, ByteArrayOutputStream data)
            implements TlsStreamSigner {
        @Override
        public OutputStream getOutputStream() {
            return data;
        }

        @Override
        public byte[] getSignature() throws IOException {
            try {
                return Signatures.sign(scheme, key, Bytes.of(data.toByteArray())).toArray();
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }

    private record Stream(Signature signature) implements TlsStreamSigner {
        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] data, int from, int count) throws IOException {
                    try {
                        signature.update(data, from, count);
                    } catch (GeneralSecurityException e) {
                        throw new IOException(e);
                    }
                }
            };
        }

        @Override
        public byte[] getSignature() throws IOException {
            try {
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }
}
