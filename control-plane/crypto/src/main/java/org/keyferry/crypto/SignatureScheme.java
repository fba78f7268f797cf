package org.keyferry.crypto;

import java.io.IOException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.keyferry.wire.Bytes;

/// Ways to sign, one row each: the key, the hash, and for RSA the padding (RFC 7427 §3 and appendix
/// A, RFC 8420 §2).
public enum SignatureScheme {
    RSA_PKCS1_SHA1(KeyKind.RSA, SignatureHash.SHA1, "SHA1withRSA"),
    RSA_PKCS1_SHA256(KeyKind.RSA, SignatureHash.SHA2_256, "SHA256withRSA"),
    RSA_PKCS1_SHA384(KeyKind.RSA, SignatureHash.SHA2_384, "SHA384withRSA"),
    RSA_PKCS1_SHA512(KeyKind.RSA, SignatureHash.SHA2_512, "SHA512withRSA"),
    RSA_PSS_SHA256(KeyKind.RSA, SignatureHash.SHA2_256, "RSASSA-PSS"),
    RSA_PSS_SHA384(KeyKind.RSA, SignatureHash.SHA2_384, "RSASSA-PSS"),
    RSA_PSS_SHA512(KeyKind.RSA, SignatureHash.SHA2_512, "RSASSA-PSS"),
    ECDSA_SHA1(KeyKind.ECDSA, SignatureHash.SHA1, "SHA1withECDSA"),
    ECDSA_SHA256(KeyKind.ECDSA, SignatureHash.SHA2_256, "SHA256withECDSA"),
    ECDSA_SHA384(KeyKind.ECDSA, SignatureHash.SHA2_384, "SHA384withECDSA"),
    ECDSA_SHA512(KeyKind.ECDSA, SignatureHash.SHA2_512, "SHA512withECDSA"),
    ED25519(KeyKind.ED25519, SignatureHash.IDENTITY, "Ed25519"),
    ED448(KeyKind.ED448, SignatureHash.IDENTITY, "Ed448");

    private final KeyKind keyKind;
    private final SignatureHash hash;
    private final String jcaName;

    SignatureScheme(KeyKind keyKind, SignatureHash hash, String jcaName) {
        this.keyKind = keyKind;
        this.hash = hash;
        this.jcaName = jcaName;
    }

    public KeyKind keyKind() {
        return keyKind;
    }

    public SignatureHash hash() {
        return hash;
    }

    public boolean isPss() {
        return jcaName.equals("RSASSA-PSS");
    }

    String jcaName() {
        return jcaName;
    }

    /// What [java.security.Signature] wants to be told; with PSS the salt is as long as the hash.
    Optional<PSSParameterSpec> pss() {
        return isPss() ? Optional.of(pss(hash.lengthBytes())) : Optional.empty();
    }

    PSSParameterSpec pss(int saltBytes) {
        return new PSSParameterSpec(
                hash.jcaName(),
                "MGF1",
                new MGF1ParameterSpec(hash.jcaName()),
                saltBytes,
                PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /// DER of the AlgorithmIdentifier that goes before a signature in AUTH.
    public Bytes algorithmIdentifier() {
        try {
            return Bytes.wrapOwned(identifier().getEncoded("DER"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private AlgorithmIdentifier identifier() {
        if (isPss()) {
            var digest = new AlgorithmIdentifier(hashId(), DERNull.INSTANCE);
            return new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_RSASSA_PSS,
                    new RSASSAPSSparams(
                            digest,
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, digest),
                            new ASN1Integer(hash.lengthBytes()),
                            RSASSAPSSparams.DEFAULT_TRAILER_FIELD));
        }
        return keyKind == KeyKind.RSA
                ? new AlgorithmIdentifier(oid(), DERNull.INSTANCE)
                : new AlgorithmIdentifier(oid());
    }

    private ASN1ObjectIdentifier hashId() {
        return switch (hash) {
            case SHA1 -> new ASN1ObjectIdentifier("1.3.14.3.2.26");
            case SHA2_256 -> NISTObjectIdentifiers.id_sha256;
            case SHA2_384 -> NISTObjectIdentifiers.id_sha384;
            case SHA2_512 -> NISTObjectIdentifiers.id_sha512;
            case IDENTITY -> throw new IllegalStateException(this + " has no hash");
        };
    }

    private ASN1ObjectIdentifier oid() {
        return switch (this) {
            case RSA_PKCS1_SHA1 -> PKCSObjectIdentifiers.sha1WithRSAEncryption;
            case RSA_PKCS1_SHA256 -> PKCSObjectIdentifiers.sha256WithRSAEncryption;
            case RSA_PKCS1_SHA384 -> PKCSObjectIdentifiers.sha384WithRSAEncryption;
            case RSA_PKCS1_SHA512 -> PKCSObjectIdentifiers.sha512WithRSAEncryption;
            case RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 ->
                    PKCSObjectIdentifiers.id_RSASSA_PSS;
            case ECDSA_SHA1 -> X9ObjectIdentifiers.ecdsa_with_SHA1;
            case ECDSA_SHA256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
            case ECDSA_SHA384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
            case ECDSA_SHA512 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
            case ED25519 -> new ASN1ObjectIdentifier("1.3.101.112");
            case ED448 -> new ASN1ObjectIdentifier("1.3.101.113");
        };
    }

    /// The scheme that an AlgorithmIdentifier names; empty if there is no such one, or its salt is
    /// not as long as the hash.
    public static Optional<SignatureScheme> named(Bytes algorithmIdentifier) {
        return parse(algorithmIdentifier)
                .filter(p -> !p.scheme().isPss() || p.saltBytes() == p.scheme().hash.lengthBytes())
                .map(Parsed::scheme);
    }

    /// A scheme with the salt length that a signer told.
    ///
    /// @param saltBytes only with PSS, else 0
    record Parsed(SignatureScheme scheme, int saltBytes) {}

    /// The scheme that an AlgorithmIdentifier names; empty if it is unknown, or its parameters are
    /// not those of any scheme here.
    static Optional<Parsed> parse(Bytes algorithmIdentifier) {
        AlgorithmIdentifier identifier;
        try {
            identifier = AlgorithmIdentifier.getInstance(algorithmIdentifier.toArray());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
        if (identifier == null) {
            return Optional.empty();
        }
        if (identifier.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return parsePss(identifier.getParameters());
        }
        return Arrays.stream(values())
                .filter(s -> !s.isPss() && s.oid().equals(identifier.getAlgorithm()))
                .findFirst()
                .map(s -> new Parsed(s, 0));
    }

    private static Optional<Parsed> parsePss(ASN1Encodable parameters) {
        try {
            RSASSAPSSparams pss = RSASSAPSSparams.getInstance(parameters);
            if (pss == null
                    || !pss.getMaskGenAlgorithm()
                            .getAlgorithm()
                            .equals(PKCSObjectIdentifiers.id_mgf1)) {
                return Optional.empty();
            }
            var maskHash =
                    AlgorithmIdentifier.getInstance(pss.getMaskGenAlgorithm().getParameters());
            ASN1ObjectIdentifier wanted = pss.getHashAlgorithm().getAlgorithm();
            int saltBytes = pss.getSaltLength().intValueExact();
            boolean usual =
                    maskHash != null
                            && maskHash.getAlgorithm().equals(wanted)
                            && pss.getTrailerField().intValueExact() == 1
                            && saltBytes >= 0
                            && saltBytes <= 255;
            return Arrays.stream(values())
                    .filter(s -> usual && s.isPss() && s.hashId().equals(wanted))
                    .findFirst()
                    .map(s -> new Parsed(s, saltBytes));
        } catch (IllegalArgumentException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    /// All that such a key can sign with, those first that fit it.
    public static List<SignatureScheme> all(KeyKind kind, int strengthBits, boolean preferPss) {
        var all = new LinkedHashSet<>(candidates(kind, strengthBits, preferPss));
        if (kind != KeyKind.ECDSA) { // whose hash goes with the curve
            Arrays.stream(values()).filter(s -> s.keyKind == kind).forEach(all::add);
        }
        return List.copyOf(all);
    }

    /// What to sign with, best first, for a peer that announced its hashes: of RSA the hash that
    /// fits the key's size, then SHA-384 and SHA-256; of ECDSA the hash that fits the curve.
    ///
    /// @param preferPss the PSS forms come before those of PKCS #1
    public static List<SignatureScheme> candidates(
            KeyKind kind, int strengthBits, boolean preferPss) {
        return switch (kind) {
            case RSA -> rsaCandidates(strengthBits, preferPss);
            case ECDSA ->
                    List.of(
                            strengthBits <= 256
                                    ? ECDSA_SHA256
                                    : strengthBits <= 384 ? ECDSA_SHA384 : ECDSA_SHA512);
            case ED25519 -> List.of(ED25519);
            case ED448 -> List.of(ED448);
        };
    }

    private static List<SignatureScheme> rsaCandidates(int bits, boolean preferPss) {
        List<SignatureScheme> plain =
                bits <= 3072
                        ? List.of(RSA_PKCS1_SHA256, RSA_PKCS1_SHA384)
                        : bits <= 7680
                                ? List.of(RSA_PKCS1_SHA384, RSA_PKCS1_SHA256)
                                : List.of(RSA_PKCS1_SHA512, RSA_PKCS1_SHA384, RSA_PKCS1_SHA256);
        if (!preferPss) {
            return plain;
        }
        var both = new java.util.ArrayList<SignatureScheme>();
        plain.forEach(s -> both.add(s.asPss()));
        both.addAll(plain);
        return List.copyOf(both);
    }

    private SignatureScheme asPss() {
        return switch (this) {
            case RSA_PKCS1_SHA256 -> RSA_PSS_SHA256;
            case RSA_PKCS1_SHA384 -> RSA_PSS_SHA384;
            case RSA_PKCS1_SHA512 -> RSA_PSS_SHA512;
            default -> this;
        };
    }

    /// As charon's log calls it, such as `RSA_EMSA_PKCS1_SHA2_256`.
    @Override
    public String toString() {
        String hashed = hash == SignatureHash.SHA1 ? "SHA1" : "SHA2_" + 8 * hash.lengthBytes();
        return switch (keyKind) {
            case RSA -> (isPss() ? "RSA_EMSA_PSS_" : "RSA_EMSA_PKCS1_") + hashed;
            case ECDSA -> "ECDSA_WITH_" + hashed.replace("SHA2_", "SHA") + "_DER";
            case ED25519 -> "ED25519";
            case ED448 -> "ED448";
        };
    }
}
