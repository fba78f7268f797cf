package org.keyferry.daemon.token;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.keyferry.daemon.creds.OwnKey.Kind;
import org.keyferry.nativeshim.cryptoki.Attribute;
import org.keyferry.nativeshim.cryptoki.Cryptoki;
import org.keyferry.nativeshim.cryptoki.CryptokiError;
import org.keyferry.wire.Bytes;

/// What everybody may know of a private key on a token.
///
/// @param orderBytes of its curve; 0 of a key that is on none
record PublicPart(SubjectPublicKeyInfo key, Kind kind, int orderBytes) {
    /// Of the public key beside it, of the private key itself, or of a certificate: whichever
    /// tells.
    ///
    /// @param id CKA_ID that all of them have
    static Optional<PublicPart> of(Cryptoki module, long session, long privateKey, Bytes id)
            throws CryptokiError {
        long type = module.number(session, privateKey, Attribute.KEY_TYPE).orElse(-1L);
        List<Long> beside = objects(module, session, Attribute.PUBLIC_KEY, id);
        for (long object : beside) {
            Optional<SubjectPublicKeyInfo> key = read(module, session, object, type);
            if (key.isPresent()) {
                return of(key.get());
            }
        }
        Optional<SubjectPublicKeyInfo> itself = read(module, session, privateKey, type);
        if (itself.isPresent()) {
            return of(itself.get());
        }
        for (long object : objects(module, session, Attribute.CERTIFICATE, id)) {
            Optional<byte[]> der = module.attribute(session, object, Attribute.VALUE);
            if (der.isPresent()) {
                return of(der.get());
            }
        }
        return Optional.empty();
    }

    static List<Long> objects(Cryptoki module, long session, long kind, Bytes id)
            throws CryptokiError {
        return module.find(session, Map.of(Attribute.CLASS, kind, Attribute.ID, id.toArray()));
    }

    private static Optional<PublicPart> of(byte[] certificate) {
        try {
            return of(Certificate.getInstance(certificate).getSubjectPublicKeyInfo());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<PublicPart> of(SubjectPublicKeyInfo key) {
        var algorithm = key.getAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return Optional.of(new PublicPart(key, Kind.RSA, 0));
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return Optional.of(new PublicPart(key, Kind.ED25519, 0));
        }
        if (!algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return Optional.empty();
        }
        X9ECParameters curve =
                key.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier named
                        ? ECNamedCurveTable.getByOID(named)
                        : null;
        return Optional.ofNullable(curve)
                .map(of -> new PublicPart(key, Kind.ECDSA, (of.getN().bitLength() + 7) / 8));
    }

    private static Optional<SubjectPublicKeyInfo> read(
            Cryptoki module, long session, long object, long type) throws CryptokiError {
        try {
            if (type == Attribute.RSA) {
                return rsa(
                        module.attribute(session, object, Attribute.MODULUS),
                        module.attribute(session, object, Attribute.PUBLIC_EXPONENT));
            }
            if (type == Attribute.EC || type == Attribute.EC_EDWARDS) {
                return curve(
                        type,
                        module.attribute(session, object, Attribute.EC_PARAMS),
                        module.attribute(session, object, Attribute.EC_POINT));
            }
        } catch (IOException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<SubjectPublicKeyInfo> rsa(
            Optional<byte[]> modulus, Optional<byte[]> exponent) throws IOException {
        if (modulus.isEmpty() || exponent.isEmpty()) {
            return Optional.empty();
        }
        var key =
                new RSAPublicKey(
                        new BigInteger(1, modulus.get()), new BigInteger(1, exponent.get()));
        return Optional.of(
                new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(
                                PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        key));
    }

    private static Optional<SubjectPublicKeyInfo> curve(
            long type, Optional<byte[]> parameters, Optional<byte[]> point) throws IOException {
        if (parameters.isEmpty() || point.isEmpty()) {
            return Optional.empty();
        }
        if (type == Attribute.EC_EDWARDS) {
            byte[] bare = bare(point.get(), Ed25519.PUBLIC_KEY_SIZE);
            return bare.length == Ed25519.PUBLIC_KEY_SIZE // else of the other curve
                    ? Optional.of(
                            new SubjectPublicKeyInfo(
                                    new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519),
                                    bare))
                    : Optional.empty();
        }
        var named = ASN1ObjectIdentifier.getInstance(parameters.get());
        X9ECParameters curve = ECNamedCurveTable.getByOID(named);
        if (curve == null) {
            return Optional.empty();
        }
        int uncompressedBytes = 1 + 2 * ((curve.getCurve().getFieldSize() + 7) / 8);
        return Optional.of(
                new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, named),
                        bare(point.get(), uncompressedBytes)));
    }

    /// PKCS#11 wraps points into an OCTET STRING; some modules do not.
    private static byte[] bare(byte[] point, int lengthBytes) {
        return point.length == lengthBytes ? point : ASN1OctetString.getInstance(point).getOctets();
    }
}
