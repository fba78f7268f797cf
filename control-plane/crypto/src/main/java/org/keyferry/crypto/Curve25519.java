package org.keyferry.crypto;

import static org.keyferry.crypto.CryptoProvider.BOUNCY_CASTLE;
import static org.keyferry.crypto.CryptoProvider.CONSCRYPT;

import java.security.GeneralSecurityException;
import java.util.List;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.keyferry.wire.PeerViolation;

/// Curve25519 (RFC 8031, RFC 7748).
final class Curve25519 extends DiffieHellman {
    static final int VALUE_BYTES = 32;

    /// `X25519(privateKey, 9)`.
    @FunctionalInterface
    interface PublicValues {
        byte[] publicValue(byte[] privateKey) throws GeneralSecurityException;
    }

    /// `X25519(privateKey, peerPublic)`; may throw or answer zeros for a point of low order.
    @FunctionalInterface
    interface Agreements {
        byte[] agree(byte[] privateKey, byte[] peerPublic) throws GeneralSecurityException;
    }

    static final Chosen<PublicValues> PUBLIC_VALUES =
            new Chosen<>(
                    "X25519 public values",
                    Curve25519::passesRfc7748,
                    List.of(
                            new Chosen.Candidate<>(
                                    CONSCRYPT, provider -> new ConscryptPublicValues()),
                            new Chosen.Candidate<>(
                                    BOUNCY_CASTLE,
                                    provider -> Curve25519::publicValueOfBouncyCastle)));

    static final Chosen<Agreements> AGREEMENTS =
            new Chosen<>(
                    "X25519 agreement",
                    Curve25519::passesRfc7748,
                    List.of(
                            new Chosen.Candidate<>(CONSCRYPT, ConscryptX25519::new),
                            new Chosen.Candidate<>(
                                    BOUNCY_CASTLE, provider -> Curve25519::agreeOfBouncyCastle)));

    Curve25519(int id) {
        super(id, VALUE_BYTES, VALUE_BYTES);
    }

    /// As it is: the function itself sets and clears the bits of RFC 7748 §5.
    @Override
    byte[] privateKey(byte[] entropy) {
        return entropy.clone();
    }

    @Override
    byte[] publicValue(byte[] privateKey) {
        try {
            return PUBLIC_VALUES.get().publicValue(privateKey);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("X25519 public value", impossible);
        }
    }

    @Override
    byte[] agree(byte[] privateKey, byte[] peerPublic) throws PeerViolation {
        try {
            byte[] shared = AGREEMENTS.get().agree(privateKey, peerPublic);
            if (isZero(shared)) {
                throw invalidPublicValue();
            }
            return shared;
        } catch (GeneralSecurityException lowOrder) {
            throw invalidPublicValue();
        }
    }

    @Override
    public String provider() {
        return AGREEMENTS.providerTitle();
    }

    /// The check of RFC 7748 §6, in constant time.
    static boolean isZero(byte[] shared) {
        int bits = 0;
        for (byte part : shared) {
            bits |= part;
        }
        return bits == 0;
    }

    private static byte[] publicValueOfBouncyCastle(byte[] privateKey) {
        byte[] publicValue = new byte[VALUE_BYTES];
        X25519.scalarMultBase(privateKey, 0, publicValue, 0);
        return publicValue;
    }

    private static byte[] agreeOfBouncyCastle(byte[] privateKey, byte[] peerPublic) {
        byte[] shared = new byte[VALUE_BYTES];
        X25519.scalarMult(privateKey, 0, peerPublic, 0, shared, 0);
        return shared;
    }

    private static final String ALICE_PRIVATE =
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    private static final String ALICE_PUBLIC =
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    private static final String BOB_PUBLIC =
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    private static final String SHARED =
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

    private static boolean passesRfc7748(PublicValues candidate) throws GeneralSecurityException {
        return Hex.equal(ALICE_PUBLIC, candidate.publicValue(Hex.bytes(ALICE_PRIVATE)));
    }

    private static boolean passesRfc7748(Agreements candidate) throws GeneralSecurityException {
        byte[] alice = Hex.bytes(ALICE_PRIVATE);
        return Hex.equal(SHARED, candidate.agree(alice, Hex.bytes(BOB_PUBLIC)));
    }
}
