package org.keyferry.crypto;

import org.bouncycastle.math.ec.rfc7748.X448;
import org.keyferry.wire.PeerViolation;

/// Curve448 (RFC 8031, RFC 7748), by Bouncy Castle's lightweight API.
final class Curve448 extends DiffieHellman {
    private static final int VALUE_BYTES = 56;

    Curve448(int id) {
        super(id, VALUE_BYTES, VALUE_BYTES);
    }

    @Override
    byte[] privateKey(byte[] entropy) {
        return entropy.clone();
    }

    @Override
    byte[] publicValue(byte[] privateKey) {
        byte[] publicValue = new byte[VALUE_BYTES];
        X448.scalarMultBase(privateKey, 0, publicValue, 0);
        return publicValue;
    }

    @Override
    byte[] agree(byte[] privateKey, byte[] peerPublic) throws PeerViolation {
        byte[] shared = new byte[VALUE_BYTES];
        X448.scalarMult(privateKey, 0, peerPublic, 0, shared, 0);
        if (Curve25519.isZero(shared)) {
            throw invalidPublicValue();
        }
        return shared;
    }

    @Override
    public String provider() {
        return CryptoProvider.BOUNCY_CASTLE.title();
    }
}
