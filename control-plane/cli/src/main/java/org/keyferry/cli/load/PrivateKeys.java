package org.keyferry.cli.load;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.keyferry.vici.ViciValue;

/// Reads private keys: PKCS#1, SEC 1 and PKCS#8, as PEM or DER, encrypted or not.
final class PrivateKeys {
    private PrivateKeys() {}

    /// A key as load-key takes it.
    ///
    /// @param id hex SHA-1 of the public key, which is the daemon's name for it; empty for a kind
    ///   of key that is not known here
    record Loadable(String type, ViciValue data, Optional<String> id) {
        private Loadable(String type, byte[] data, Optional<String> id) {
            this(type, ViciValue.of(data), id);
        }
    }

    /// A plain key goes to the daemon as it stands in the file, as it may be of a kind that only
    /// the daemon knows; unless something else stands before it, such as the parameters of its
    /// curve, which OpenSSL writes and charon stumbles over.
    ///
    /// @param type what the directory says of its keys
    /// @throws IOException with the reason, if it is encrypted and no passphrase fits
    static Loadable read(byte[] content, String type, List<String> passphrases) throws IOException {
        Object found = parse(content);
        return switch (found) {
            case PrivateKeyInfo plain when PemBlocks.count(content) > 1 -> loadable(plain);
            case PrivateKeyInfo plain -> new Loadable(type, content, id(plain));
            case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
                    loadable(decrypt(found, passphrases));
            default -> new Loadable(type, content, Optional.empty());
        };
    }

    static Loadable loadable(PrivateKeyInfo key) throws IOException {
        ASN1ObjectIdentifier algorithm = key.getPrivateKeyAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return new Loadable(
                    "rsa", key.parsePrivateKey().toASN1Primitive().getEncoded(), id(key));
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return new Loadable("ecdsa", sec1(key), id(key));
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return new Loadable("ed25519", key.getEncoded(), id(key));
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed448)) {
            return new Loadable("ed448", key.getEncoded(), id(key));
        }
        return new Loadable("any", key.getEncoded(), Optional.empty());
    }

    /// PKCS#8 keeps the curve outside of the key; SEC 1 has it inside.
    private static byte[] sec1(PrivateKeyInfo key) throws IOException {
        var inner = ECPrivateKey.getInstance(key.parsePrivateKey());
        var curve = key.getPrivateKeyAlgorithm().getParameters();
        int bits =
                ((ECPrivateKeyParameters) PrivateKeyFactory.createKey(key))
                        .getParameters()
                        .getN()
                        .bitLength();
        return new ECPrivateKey(bits, inner.getKey(), inner.getPublicKey(), curve).getEncoded();
    }

    private static Object parse(byte[] content) throws IOException {
        if (!PemBlocks.isPem(content)) {
            return parseDer(content);
        }
        var text =
                new InputStreamReader(
                        new java.io.ByteArrayInputStream(content), StandardCharsets.ISO_8859_1);
        try (var parser = new PEMParser(text)) {
            for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
                switch (found) {
                    case PEMKeyPair pair -> {
                        return pair.getPrivateKeyInfo();
                    }
                    case PrivateKeyInfo _,
                            PEMEncryptedKeyPair _,
                            PKCS8EncryptedPrivateKeyInfo _ -> {
                        return found;
                    }
                    default -> {} // parameters of a curve, or a certificate that goes with it
                }
            }
        } catch (RuntimeException e) { // Bouncy Castle's way with malformed ASN.1
            throw new IOException("no private key can be read from it", e);
        }
        throw new IOException("no private key is in it");
    }

    private static Object parseDer(byte[] content) throws IOException {
        try {
            var sequence = ASN1Sequence.getInstance(content);
            var first = sequence.getObjectAt(0);
            var second = sequence.getObjectAt(1);
            if (first instanceof ASN1Sequence) {
                return new PKCS8EncryptedPrivateKeyInfo(
                        EncryptedPrivateKeyInfo.getInstance(sequence));
            }
            if (second instanceof ASN1Sequence) {
                return PrivateKeyInfo.getInstance(sequence);
            }
            if (second instanceof ASN1Integer) {
                return new PrivateKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption), sequence);
            }
            if (second instanceof ASN1OctetString) {
                var key = ECPrivateKey.getInstance(sequence);
                var curve =
                        new AlgorithmIdentifier(
                                X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject());
                return new PrivateKeyInfo(curve, key);
            }
            throw new IOException("no private key is in it");
        } catch (RuntimeException e) {
            throw new IOException("no private key can be read from it", e);
        }
    }

    private static PrivateKeyInfo decrypt(Object encrypted, List<String> passphrases)
            throws IOException {
        if (passphrases.isEmpty()) {
            throw new IOException("it is encrypted, and no secret names it as its file");
        }
        var provider = new BouncyCastleProvider();
        for (String passphrase : passphrases) {
            try {
                return switch (encrypted) {
                    case PEMEncryptedKeyPair pair ->
                            pair.decryptKeyPair(
                                            new JcePEMDecryptorProviderBuilder()
                                                    .setProvider(provider)
                                                    .build(passphrase.toCharArray()))
                                    .getPrivateKeyInfo();
                    case PKCS8EncryptedPrivateKeyInfo info ->
                            info.decryptPrivateKeyInfo(
                                    new JceOpenSSLPKCS8DecryptorProviderBuilder()
                                            .setProvider(provider)
                                            .build(passphrase.toCharArray()));
                    default -> throw new IllegalStateException("not encrypted");
                };
            } catch (IOException | PKCSException | OperatorCreationException _) {
                // not this one
            }
        }
        throw new IOException("its passphrase is another than the secret");
    }

    static Optional<String> id(PrivateKeyInfo key) throws IOException {
        try {
            return publicKey(PrivateKeyFactory.createKey(key)).map(PrivateKeys::id);
        } catch (RuntimeException e) {
            throw new IOException("no private key can be read from it", e);
        }
    }

    private static String id(SubjectPublicKeyInfo info) {
        try {
            byte[] key = info.getPublicKeyData().getBytes();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static Optional<SubjectPublicKeyInfo> publicKey(AsymmetricKeyParameter key)
            throws IOException {
        AsymmetricKeyParameter publicKey =
                switch (key) {
                    case RSAPrivateCrtKeyParameters rsa ->
                            new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
                    case ECPrivateKeyParameters ec ->
                            new ECPublicKeyParameters(
                                    ec.getParameters().getG().multiply(ec.getD()).normalize(),
                                    ec.getParameters());
                    case Ed25519PrivateKeyParameters ed -> ed.generatePublicKey();
                    case Ed448PrivateKeyParameters ed -> ed.generatePublicKey();
                    default -> null;
                };
        return publicKey == null
                ? Optional.empty()
                : Optional.of(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(publicKey));
    }
}
