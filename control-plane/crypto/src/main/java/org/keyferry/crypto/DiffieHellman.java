package org.keyferry.crypto;

import java.util.Arrays;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;

/// Key exchange in which both sides do the same: make a key, send `g^x`, raise what the peer sent.
abstract class DiffieHellman implements KeyExchangeMethod {
    private final int id;
    private final int entropyBytes;
    private final int publicValueBytes;

    DiffieHellman(int id, int entropyBytes, int publicValueBytes) {
        this.id = id;
        this.entropyBytes = entropyBytes;
        this.publicValueBytes = publicValueBytes;
    }

    /// The private key that this entropy stands for; a new array.
    abstract byte[] privateKey(byte[] entropy);

    abstract byte[] publicValue(byte[] privateKey);

    /// The shared secret.
    ///
    /// @param peerPublic of the right length
    /// @throws PeerViolation if the value is not a valid one
    abstract byte[] agree(byte[] privateKey, byte[] peerPublic) throws PeerViolation;

    @Override
    public final int id() {
        return id;
    }

    @Override
    public final int entropyBytes() {
        return entropyBytes;
    }

    @Override
    public final int publicValueBytes(boolean initiator) {
        return publicValueBytes;
    }

    @Override
    public final LocalKey initiate(byte[] entropy) {
        byte[] privateKey = takePrivateKey(entropy);
        return new Pending(privateKey, Bytes.wrapOwned(publicValue(privateKey)));
    }

    @Override
    public final Answer respond(byte[] entropy, Bytes peerPublic) throws PeerViolation {
        byte[] privateKey = takePrivateKey(entropy);
        try {
            Secret shared = agreeChecked(privateKey, peerPublic);
            return new Answer(Bytes.wrapOwned(publicValue(privateKey)), shared);
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    static PeerViolation invalidPublicValue() {
        return PeerViolation.malformed("KE public value", 0);
    }

    private byte[] takePrivateKey(byte[] entropy) {
        if (entropy.length != entropyBytes) {
            throw new IllegalArgumentException(
                    "entropy of " + entropy.length + " bytes for method " + id);
        }
        byte[] privateKey = privateKey(entropy);
        Arrays.fill(entropy, (byte) 0);
        return privateKey;
    }

    private Secret agreeChecked(byte[] privateKey, Bytes peerPublic) throws PeerViolation {
        if (peerPublic.length() != publicValueBytes) {
            throw PeerViolation.malformed("KE public value length", 0);
        }
        return Secret.owned(agree(privateKey, peerPublic.toArray()));
    }

    private final class Pending implements LocalKey {
        private byte[] privateKey;
        private final Bytes publicValue;

        Pending(byte[] privateKey, Bytes publicValue) {
            this.privateKey = privateKey;
            this.publicValue = publicValue;
        }

        @Override
        public Bytes publicValue() {
            return publicValue;
        }

        @Override
        public Secret complete(Bytes peerPublic) throws PeerViolation {
            if (privateKey == null) {
                throw new IllegalStateException("key exchange completed twice");
            }
            try {
                return agreeChecked(privateKey, peerPublic);
            } finally {
                close();
            }
        }

        @Override
        public void close() {
            if (privateKey != null) {
                Arrays.fill(privateKey, (byte) 0);
                privateKey = null;
            }
        }

        @Override
        public String toString() {
            return "private key of key exchange " + id;
        }
    }
}
