package org.keyferry.daemon.creds;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.keyferry.daemon.creds.OwnKey.Kind;

/// Reads private keys: PKCS#8, or the formats of RSA (PKCS#1) and of elliptic curves (SEC 1); PEM
/// or DER, not encrypted.
public final class PrivateKeyReader {
    /// What a client may call the type of a key.
    private static final Set<String> TYPES =
            Set.of("any", "rsa", "ecdsa", "ed25519", "ed448", "dsa");

    private PrivateKeyReader() {}

    public static boolean isType(String type) {
        return TYPES.contains(type.toLowerCase(Locale.ROOT));
    }

    /// @param type one of those that [#isType] knows
    /// @param file wiped before this returns
    /// @throws CredentialRefused with the text of the answer
    public static OwnKey read(String type, byte[] file) throws CredentialRefused {
        var failed =
                new CredentialRefused(
                        "parsing " + type.toUpperCase(Locale.ROOT) + " private key failed");
        byte[] der = file;
        try {
            Optional<Pem.Block> block = Pem.read(file);
            der = block.map(Pem.Block::der).orElse(file);
            if (block.isPresent() && block.get().encrypted()) {
                throw failed;
            }
            OwnKey key = read(PrivateKeyInfo.getInstance(pkcs8(der)));
            if (!type.equalsIgnoreCase("any") && !type.equalsIgnoreCase(key.kind().name())) {
                key.close();
                throw failed;
            }
            return key;
        } catch (IOException
                | IllegalArgumentException
                | IllegalStateException
                | ArithmeticException e) {
            throw failed;
        } finally {
            Arrays.fill(der, (byte) 0);
            Arrays.fill(file, (byte) 0);
        }
    }

    /// The three formats differ in what follows the version: an algorithm, the private key's
    /// octets, or the modulus.
    private static ASN1Encodable pkcs8(byte[] der) throws IOException {
        ASN1Sequence sequence = ASN1Sequence.getInstance(der);
        if (sequence.size() < 2) {
            throw new IllegalArgumentException("too short for a private key");
        }
        ASN1Encodable second = sequence.getObjectAt(1);
        if (second instanceof ASN1Sequence) {
            return sequence;
        }
        if (second instanceof ASN1OctetString) {
            ECPrivateKey key = ECPrivateKey.getInstance(sequence);
            ASN1Encodable curve = key.getParametersObject();
            return new PrivateKeyInfo(
                    new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
        }
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                RSAPrivateKey.getInstance(sequence));
    }

    private static OwnKey read(PrivateKeyInfo key) throws IOException {
        ASN1ObjectIdentifier algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            RSAPrivateKey rsa = RSAPrivateKey.getInstance(key.parsePrivateKey());
            var publicKey = new RSAPublicKey(rsa.getModulus(), rsa.getPublicExponent());
            return own(Kind.RSA, key, new SubjectPublicKeyInfo(rsaEncryption(), publicKey));
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return own(Kind.ECDSA, key, publicKeyOnCurve(key));
        }
        byte[] seed = ASN1OctetString.getInstance(key.parsePrivateKey()).getOctets();
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            byte[] point = new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
            return own(Kind.ED25519, key, edwards(algorithm, point));
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed448)) {
            byte[] point = new Ed448PrivateKeyParameters(seed).generatePublicKey().getEncoded();
            return own(Kind.ED448, key, edwards(algorithm, point));
        }
        throw new IllegalArgumentException("algorithm " + algorithm);
    }

    private static OwnKey own(Kind kind, PrivateKeyInfo key, SubjectPublicKeyInfo publicKey)
            throws IOException {
        return new FileKey(KeyId.of(publicKey), kind, key.getEncoded("DER"));
    }

    private static AlgorithmIdentifier rsaEncryption() {
        return new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    }

    private static SubjectPublicKeyInfo edwards(ASN1ObjectIdentifier algorithm, byte[] point) {
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(algorithm), point);
    }

    /// The public point is computed: the one that a file may hold beside the private key could
    /// belong to another key.
    private static SubjectPublicKeyInfo publicKeyOnCurve(PrivateKeyInfo key) throws IOException {
        AlgorithmIdentifier algorithm = key.getPrivateKeyAlgorithm();
        X9ECParameters curve =
                CustomNamedCurves.getByOID(
                        ASN1ObjectIdentifier.getInstance(algorithm.getParameters()));
        if (curve == null) {
            throw new IllegalArgumentException("unknown curve");
        }
        BigInteger secret = ECPrivateKey.getInstance(key.parsePrivateKey()).getKey();
        if (secret.signum() <= 0 || secret.compareTo(curve.getN()) >= 0) {
            throw new IllegalArgumentException("private key out of range");
        }
        byte[] point =
                new FixedPointCombMultiplier()
                        .multiply(curve.getG(), secret)
                        .normalize()
                        .getEncoded(false);
        return new SubjectPublicKeyInfo(algorithm, point);
    }
}
