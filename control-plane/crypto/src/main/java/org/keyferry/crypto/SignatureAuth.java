package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keyferry.wire.Bytes;

/// AUTH payloads that carry signatures: method 14 (RFC 7427) and the classic ones (RFC 7296 §3.8,
/// RFC 4754).
public final class SignatureAuth {
    public static final int RSA = 1;
    public static final int ECDSA_256 = 9;
    public static final int ECDSA_384 = 10;
    public static final int ECDSA_521 = 11;
    public static final int DIGITAL_SIGNATURE = 14;

    private SignatureAuth() {}

    public static boolean isSignature(int method) {
        return method == RSA
                || method == ECDSA_256
                || method == ECDSA_384
                || method == ECDSA_521
                || method == DIGITAL_SIGNATURE;
    }

    /// How to sign for a peer.
    ///
    /// @param method number of the AUTH payload
    public record Choice(int method, SignatureScheme scheme) {}

    /// @param peerHashes that the peer announced; empty if it does not do RFC 7427
    /// @param allowed what the configuration admits, best first; empty for the usual order
    /// @return empty if no scheme suits the key, the peer and the configuration
    public static Optional<Choice> choose(
            KeyKind kind,
            int strengthBits,
            List<SignatureHash> peerHashes,
            List<SignatureScheme> allowed,
            boolean preferPss) {
        return choices(
                        kind,
                        peerHashes,
                        allowed.isEmpty()
                                ? SignatureScheme.candidates(kind, strengthBits, preferPss)
                                : allowed,
                        classic(kind, strengthBits)
                                .filter(c -> allowed.isEmpty() || allowed.contains(c.scheme())))
                .findFirst();
    }

    /// The same for a peer that announced what it takes.
    public static Optional<Choice> choose(
            KeyKind kind,
            int strengthBits,
            List<SignatureHash> peerHashes,
            List<SignatureScheme> allowed,
            boolean preferPss,
            Predicate<Choice> announced) {
        return choices(
                        kind,
                        peerHashes,
                        allowed.isEmpty()
                                ? SignatureScheme.all(kind, strengthBits, preferPss)
                                : allowed,
                        classic(kind, strengthBits)
                                .filter(c -> allowed.isEmpty() || allowed.contains(c.scheme())))
                .filter(announced)
                .findFirst();
    }

    private static Stream<Choice> choices(
            KeyKind kind,
            List<SignatureHash> peerHashes,
            List<SignatureScheme> candidates,
            Optional<Choice> classic) {
        return peerHashes.isEmpty()
                ? classic.stream()
                : candidates.stream()
                        .filter(s -> s.keyKind() == kind && peerHashes.contains(s.hash()))
                        .map(s -> new Choice(DIGITAL_SIGNATURE, s));
    }

    private static Optional<Choice> classic(KeyKind kind, int strengthBits) {
        return switch (kind) {
            case RSA -> Optional.of(new Choice(RSA, SignatureScheme.RSA_PKCS1_SHA1));
            case ECDSA ->
                    switch (strengthBits) {
                        case 256 ->
                                Optional.of(new Choice(ECDSA_256, SignatureScheme.ECDSA_SHA256));
                        case 384 ->
                                Optional.of(new Choice(ECDSA_384, SignatureScheme.ECDSA_SHA384));
                        case 521 ->
                                Optional.of(new Choice(ECDSA_521, SignatureScheme.ECDSA_SHA512));
                        default -> Optional.empty();
                    };
            case ED25519, ED448 -> Optional.empty();
        };
    }

    /// Data of the AUTH payload.
    ///
    /// @param octets see [AuthOctets]
    /// @throws GeneralSecurityException if the key cannot sign so
    public static Bytes sign(Choice choice, PrivateKey key, Bytes octets)
            throws GeneralSecurityException {
        return switch (choice.method()) {
            case DIGITAL_SIGNATURE -> {
                Bytes algorithm = choice.scheme().algorithmIdentifier();
                yield Bytes.wrapOwned(new byte[] {(byte) algorithm.length()})
                        .concat(algorithm)
                        .concat(Signatures.sign(choice.scheme(), key, octets));
            }
            case RSA -> Signatures.sign(choice.scheme(), key, octets);
            default -> Signatures.signRaw(choice.scheme(), key, octets);
        };
    }

    /// The scheme by which AUTH data claims to be signed; empty if it cannot be told. With method
    /// RSA any hash is accepted (RFC 7296 §3.8), which only verifying tells: the answer is SHA-1's.
    public static Optional<SignatureScheme> schemeOf(int method, Bytes data) {
        return switch (method) {
            case RSA -> Optional.of(SignatureScheme.RSA_PKCS1_SHA1);
            case ECDSA_256 -> Optional.of(SignatureScheme.ECDSA_SHA256);
            case ECDSA_384 -> Optional.of(SignatureScheme.ECDSA_SHA384);
            case ECDSA_521 -> Optional.of(SignatureScheme.ECDSA_SHA512);
            case DIGITAL_SIGNATURE -> parse(data).map(p -> p.scheme().scheme());
            default -> Optional.empty();
        };
    }

    /// The scheme that verified; empty if the signature is not right.
    ///
    /// @param key of the identity that the octets were made with
    public static Optional<SignatureScheme> verify(
            int method, Bytes data, PublicKey key, Bytes octets) {
        return switch (method) {
            case RSA ->
                    List.of(
                                    SignatureScheme.RSA_PKCS1_SHA1,
                                    SignatureScheme.RSA_PKCS1_SHA256,
                                    SignatureScheme.RSA_PKCS1_SHA384,
                                    SignatureScheme.RSA_PKCS1_SHA512)
                            .stream()
                            .filter(s -> Signatures.verify(s, key, octets, data))
                            .findFirst();
            case ECDSA_256, ECDSA_384, ECDSA_521 ->
                    classic(KeyKind.ECDSA, KeyKind.strengthBits(key))
                            .filter(c -> c.method() == method)
                            .map(Choice::scheme)
                            .filter(s -> Signatures.verifyRaw(s, key, octets, data));
            case DIGITAL_SIGNATURE -> parse(data).flatMap(p -> p.verify(key, octets));
            default -> Optional.empty();
        };
    }

    private record Signed(SignatureScheme.Parsed scheme, Bytes signature) {
        Optional<SignatureScheme> verify(PublicKey key, Bytes octets) {
            return Signatures.verify(scheme.scheme(), scheme.saltBytes(), key, octets, signature)
                    ? Optional.of(scheme.scheme())
                    : Optional.empty();
        }
    }

    /// `length | AlgorithmIdentifier | signature` (RFC 7427 §3).
    private static Optional<Signed> parse(Bytes data) {
        if (data.length() < 1) {
            return Optional.empty();
        }
        int algorithmBytes = data.toArray()[0] & 0xff;
        if (algorithmBytes == 0 || data.length() < 1 + algorithmBytes) {
            return Optional.empty();
        }
        Bytes signature = data.slice(1 + algorithmBytes, data.length());
        return SignatureScheme.parse(data.slice(1, 1 + algorithmBytes))
                .map(scheme -> new Signed(scheme, signature));
    }
}
