package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KEM;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;

/// ML-KEM (FIPS 203): the initiator sends an encapsulation key, the responder a ciphertext. The
/// JDK's is the fastest implementation that can be given its random input.
final class MlKem implements KeyExchangeMethod {
    private static final int SEED_BYTES = 64;
    private static final int MESSAGE_BYTES = 32;

    private final int id;
    private final NamedParameterSpec size;
    private final int keyBytes;
    private final int ciphertextBytes;
    private final byte[] encodingPrefix;

    /// A parameter set (FIPS 203 §8).
    ///
    /// @param oidEnd last arc of its object identifier 2.16.840.1.101.3.4.4.x
    MlKem(int id, NamedParameterSpec size, int oidEnd, int keyBytes, int ciphertextBytes) {
        this.id = id;
        this.size = size;
        this.keyBytes = keyBytes;
        this.ciphertextBytes = ciphertextBytes;
        this.encodingPrefix = encodingPrefix(oidEnd, keyBytes);
    }

    /// What stands before the key in a SubjectPublicKeyInfo.
    private static byte[] encodingPrefix(int oidEnd, int keyBytes) {
        return Hex.bytes(
                "3082%04x300b06096086480165030404%02x0382%04x00"
                        .formatted(keyBytes + 18, oidEnd, keyBytes + 1));
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int entropyBytes() {
        return SEED_BYTES;
    }

    @Override
    public int publicValueBytes(boolean initiator) {
        return initiator ? keyBytes : ciphertextBytes;
    }

    /// The entropy is `d | z` of ML-KEM.KeyGen.
    @Override
    public LocalKey initiate(byte[] entropy) {
        try {
            KeyPair pair = generate(entropy);
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] key = Arrays.copyOfRange(encoded, encoded.length - keyBytes, encoded.length);
            return new Pending(pair.getPrivate(), Bytes.wrapOwned(key));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(size.getName() + " key generation", impossible);
        } finally {
            Arrays.fill(entropy, (byte) 0);
        }
    }

    /// The first 32 bytes of entropy are `m` of ML-KEM.Encaps.
    @Override
    public Answer respond(byte[] entropy, Bytes peerPublic) throws PeerViolation {
        checkLength(entropy);
        byte[] message = Arrays.copyOf(entropy, MESSAGE_BYTES);
        Arrays.fill(entropy, (byte) 0);
        PublicKey key = publicKey(peerPublic);
        try {
            KEM.Encapsulated answer =
                    KEM.getInstance("ML-KEM", jdk())
                            .newEncapsulator(key, null, new GivenRandom(message))
                            .encapsulate();
            return new Answer(
                    Bytes.wrapOwned(answer.encapsulation()),
                    Secret.owned(answer.key().getEncoded()));
        } catch (InvalidKeyException refused) {
            throw DiffieHellman.invalidPublicValue();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(size.getName() + " encapsulation", impossible);
        } finally {
            Arrays.fill(message, (byte) 0);
        }
    }

    @Override
    public String provider() {
        return CryptoProvider.JDK.title();
    }

    KeyPair generate(byte[] entropy) throws GeneralSecurityException {
        checkLength(entropy);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("ML-KEM", jdk());
        generator.initialize(size, new GivenRandom(entropy));
        return generator.generateKeyPair();
    }

    private static void checkLength(byte[] entropy) {
        if (entropy.length != SEED_BYTES) {
            throw new IllegalArgumentException("ML-KEM entropy of " + entropy.length + " bytes");
        }
    }

    private PublicKey publicKey(Bytes peerPublic) throws PeerViolation {
        if (peerPublic.length() != keyBytes) {
            throw PeerViolation.malformed("KE public value length", 0);
        }
        byte[] key = peerPublic.toArray();
        if (!coefficientsAreReduced(key)) {
            throw DiffieHellman.invalidPublicValue();
        }
        try {
            return KeyFactory.getInstance("ML-KEM", jdk())
                    .generatePublic(new X509EncodedKeySpec(Concat.of(encodingPrefix, key)));
        } catch (InvalidKeySpecException refused) {
            throw DiffieHellman.invalidPublicValue();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(size.getName() + " key", impossible);
        }
    }

    /// The modulus check of FIPS 203 §7.2: 12-bit coefficients below 3329, before 32 bytes of seed.
    private static boolean coefficientsAreReduced(byte[] key) {
        for (int at = 0; at < key.length - 32; at += 3) {
            int low = (key[at] & 0xff) | (key[at + 1] & 0x0f) << 8;
            int high = (key[at + 1] & 0xf0) >>> 4 | (key[at + 2] & 0xff) << 4;
            if (low >= 3329 || high >= 3329) {
                return false;
            }
        }
        return true;
    }

    private static Provider jdk() {
        return CryptoProvider.JDK.provider().orElseThrow();
    }

    private final class Pending implements LocalKey {
        private PrivateKey privateKey;
        private final Bytes publicValue;

        Pending(PrivateKey privateKey, Bytes publicValue) {
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
                if (peerPublic.length() != ciphertextBytes) {
                    throw PeerViolation.malformed("KE public value length", 0);
                }
                return Secret.owned(
                        KEM.getInstance("ML-KEM", jdk())
                                .newDecapsulator(privateKey)
                                .decapsulate(peerPublic.toArray())
                                .getEncoded());
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(size.getName() + " decapsulation", impossible);
            } finally {
                close();
            }
        }

        /// The JDK's key cannot be wiped, only forgotten.
        @Override
        public void close() {
            privateKey = null;
        }

        @Override
        public String toString() {
            return "private key of " + size.getName();
        }
    }

    /// Gives out what it was made from, once.
    private static final class GivenRandom extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient byte[] given;
        private transient int at;

        GivenRandom(byte[] given) {
            super(null, null);
            this.given = given;
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(given, at, target, 0, target.length);
            at += target.length;
        }
    }
}
