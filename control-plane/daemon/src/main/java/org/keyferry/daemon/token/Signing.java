package org.keyferry.daemon.token;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.nativeshim.cryptoki.Mechanism;
import org.keyferry.wire.Bytes;

/// How a token is told to sign: a mechanism, and what it is given.
///
/// @param mechanism of PKCS#11
/// @param input the message, or its hash as the mechanism wants it
record Signing(Mechanism mechanism, Bytes input) {
    private static final long RSA_PKCS = 0x01;
    private static final long RSA_PKCS_PSS = 0x0d;
    private static final long ECDSA = 0x1041;
    private static final long EDDSA = 0x1057;

    /// Numbers that PKCS#11 has for a hash, and for mechanisms that hash themselves.
    private record Numbers(
            SignatureHash hash, long digest, long mask, long rsa, long pss, long ecdsa) {}

    private static final List<Numbers> NUMBERS =
            List.of(
                    new Numbers(SignatureHash.SHA1, 0x220, 1, 0x06, 0x0e, 0x1042),
                    new Numbers(SignatureHash.SHA2_256, 0x250, 2, 0x40, 0x43, 0x1044),
                    new Numbers(SignatureHash.SHA2_384, 0x260, 3, 0x41, 0x44, 0x1045),
                    new Numbers(SignatureHash.SHA2_512, 0x270, 4, 0x42, 0x45, 0x1046));

    /// Hashing is ours where the token lets us.
    ///
    /// @param known mechanisms of the token
    /// @param orderBytes of the curve, to which a longer hash is cut
    /// @return empty if the token cannot sign so
    static Optional<Signing> of(
            SignatureScheme scheme, byte[] message, Set<Long> known, int orderBytes) {
        if (scheme == SignatureScheme.ED25519) {
            return first(known, signing(Mechanism.plain(EDDSA), message));
        }
        Optional<Numbers> numbers =
                NUMBERS.stream().filter(each -> each.hash() == scheme.hash()).findFirst();
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        Numbers of = numbers.get();
        byte[] digest = digest(scheme.hash(), message);
        return switch (scheme.keyKind()) {
            case RSA ->
                    scheme.isPss()
                            ? first(
                                    known,
                                    signing(pss(RSA_PKCS_PSS, of), digest),
                                    signing(pss(of.pss(), of), message))
                            : first(
                                    known,
                                    signing(Mechanism.plain(RSA_PKCS), info(of, digest)),
                                    signing(Mechanism.plain(of.rsa()), message));
            case ECDSA ->
                    first(
                            known,
                            signing(
                                    Mechanism.plain(ECDSA),
                                    Arrays.copyOf(digest, Math.min(digest.length, orderBytes))),
                            signing(Mechanism.plain(of.ecdsa()), message));
            case ED25519, ED448 -> Optional.empty();
        };
    }

    private static Signing signing(Mechanism mechanism, byte[] input) {
        return new Signing(mechanism, Bytes.of(input));
    }

    private static Optional<Signing> first(Set<Long> known, Signing... ways) {
        return Arrays.stream(ways).filter(w -> known.contains(w.mechanism().type())).findFirst();
    }

    /// With a salt as long as the hash.
    private static Mechanism pss(long type, Numbers of) {
        return new Mechanism(
                type,
                Optional.of(new Mechanism.Pss(of.digest(), of.mask(), of.hash().lengthBytes())));
    }

    private static byte[] digest(SignatureHash hash, byte[] message) {
        try {
            return MessageDigest.getInstance(hash.jcaName()).digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + hash, e);
        }
    }

    /// What PKCS #1 pads (RFC 8017 §9.2).
    private static byte[] info(Numbers of, byte[] digest) {
        ASN1ObjectIdentifier oid =
                switch (of.hash()) {
                    case SHA1 -> OIWObjectIdentifiers.idSHA1;
                    case SHA2_256 -> NISTObjectIdentifiers.id_sha256;
                    case SHA2_384 -> NISTObjectIdentifiers.id_sha384;
                    case SHA2_512 -> NISTObjectIdentifiers.id_sha512;
                    case IDENTITY -> throw new IllegalStateException("no hash");
                };
        try {
            return new DigestInfo(new AlgorithmIdentifier(oid, DERNull.INSTANCE), digest)
                    .getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
