package org.keyferry.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Protects the body of an SK or SKF payload inside the array of its message: `IV | ciphertext |
/// check value` (RFC 7296 §3.14).
sealed interface BodyProtection {
    static BodyProtection of(IkeSuite suite) {
        EncrAlgorithm encr = EncrAlgorithm.of(suite.encr());
        Chosen<CipherEngine> engine = Ciphers.of(suite.encr());
        return encr.isAead()
                ? new Combined(encr, engine)
                : new EncryptThenMac(encr, engine, IntegAlgorithm.of(suite.integ()));
    }

    int ivBytes();

    int icvBytes();

    /// What plaintext, padding and pad length together are a multiple of.
    int blockBytes();

    /// Writes the IV at `bodyAt`, encrypts the padded plaintext that stands behind it, and fills in
    /// the check value at the message's end. All in front of the body is authenticated.
    void seal(
            IkeKeys keys, boolean asInitiator, byte[] message, int bodyAt, RandomGenerator random);

    /// Checks and decrypts in place.
    ///
    /// @return false if the check value is wrong
    boolean open(IkeKeys keys, boolean fromInitiator, byte[] message, int bodyAt);

    /// AEAD (RFC 5282, RFC 7634): the nonce is salt and IV.
    record Combined(EncrAlgorithm encr, Chosen<CipherEngine> engine) implements BodyProtection {
        @Override
        public int ivBytes() {
            return encr.ivBytes();
        }

        @Override
        public int icvBytes() {
            return encr.icvBytes();
        }

        @Override
        public int blockBytes() {
            return 1;
        }

        /// The IV is a counter: it must not repeat under one key, but may be foreseen (RFC 5282
        /// §4).
        @Override
        public void seal(
                IkeKeys keys,
                boolean asInitiator,
                byte[] message,
                int bodyAt,
                RandomGenerator random) {
            ByteBuffer.wrap(message).putLong(bodyAt, keys.nextSealNumber());
            int at = bodyAt + encr.ivBytes();
            byte[] key = keys.skE(asInitiator);
            aead().seal(
                            key,
                            nonce(keys, asInitiator, message, bodyAt),
                            message,
                            bodyAt,
                            at,
                            message.length - at - encr.icvBytes());
            Arrays.fill(key, (byte) 0);
        }

        @Override
        public boolean open(IkeKeys keys, boolean fromInitiator, byte[] message, int bodyAt) {
            int at = bodyAt + encr.ivBytes();
            byte[] key = keys.skE(fromInitiator);
            boolean genuine =
                    aead().open(
                                    key,
                                    nonce(keys, fromInitiator, message, bodyAt),
                                    message,
                                    bodyAt,
                                    at,
                                    message.length - at);
            Arrays.fill(key, (byte) 0);
            return genuine;
        }

        private CipherEngine.Aead aead() {
            return (CipherEngine.Aead) engine.get();
        }

        private byte[] nonce(IkeKeys keys, boolean ofInitiator, byte[] message, int bodyAt) {
            byte[] nonce = new byte[encr.saltBytes() + encr.ivBytes()];
            keys.copySalt(ofInitiator, nonce);
            System.arraycopy(message, bodyAt, nonce, encr.saltBytes(), encr.ivBytes());
            return nonce;
        }
    }

    /// A cipher and a MAC over the whole message but the check value itself.
    record EncryptThenMac(EncrAlgorithm encr, Chosen<CipherEngine> engine, IntegAlgorithm integ)
            implements BodyProtection {
        @Override
        public int ivBytes() {
            return encr.ivBytes();
        }

        @Override
        public int icvBytes() {
            return integ.icvBytes();
        }

        @Override
        public int blockBytes() {
            return encr.blockBytes();
        }

        /// A CBC IV must not be foreseen; a CTR one must not repeat (RFC 5930 §2.2).
        @Override
        public void seal(
                IkeKeys keys,
                boolean asInitiator,
                byte[] message,
                int bodyAt,
                RandomGenerator random) {
            if (encr.isCounterMode()) {
                ByteBuffer.wrap(message).putLong(bodyAt, keys.nextSealNumber());
            } else {
                byte[] iv = new byte[encr.ivBytes()];
                random.nextBytes(iv);
                System.arraycopy(iv, 0, message, bodyAt, iv.length);
            }
            int at = bodyAt + encr.ivBytes();
            int icvAt = message.length - integ.icvBytes();
            byte[] key = keys.skE(asInitiator);
            cipher().encrypt(key, iv(keys, asInitiator, message, bodyAt), message, at, icvAt - at);
            Arrays.fill(key, (byte) 0);
            System.arraycopy(mac(keys, asInitiator, message), 0, message, icvAt, integ.icvBytes());
        }

        @Override
        public boolean open(IkeKeys keys, boolean fromInitiator, byte[] message, int bodyAt) {
            int at = bodyAt + encr.ivBytes();
            int icvAt = message.length - integ.icvBytes();
            byte[] wanted = Arrays.copyOf(mac(keys, fromInitiator, message), integ.icvBytes());
            byte[] sent = Arrays.copyOfRange(message, icvAt, message.length);
            if (!MessageDigest.isEqual(wanted, sent) || (icvAt - at) % encr.blockBytes() != 0) {
                return false;
            }
            byte[] key = keys.skE(fromInitiator);
            cipher().decrypt(
                            key, iv(keys, fromInitiator, message, bodyAt), message, at, icvAt - at);
            Arrays.fill(key, (byte) 0);
            return true;
        }

        private CipherEngine.Unauthenticated cipher() {
            return (CipherEngine.Unauthenticated) engine.get();
        }

        /// CTR: the counter block `salt | IV | 1` (RFC 5930 §2.3). CBC: the IV.
        private byte[] iv(IkeKeys keys, boolean ofInitiator, byte[] message, int bodyAt) {
            byte[] iv = new byte[encr.isCounterMode() ? 16 : encr.ivBytes()];
            keys.copySalt(ofInitiator, iv);
            System.arraycopy(message, bodyAt, iv, encr.saltBytes(), encr.ivBytes());
            if (encr.isCounterMode()) {
                iv[iv.length - 1] = 1;
            }
            return iv;
        }

        private byte[] mac(IkeKeys keys, boolean ofInitiator, byte[] message) {
            byte[] key = keys.skA(ofInitiator);
            byte[] mac =
                    integ.mac().get().compute(key, message, 0, message.length - integ.icvBytes());
            Arrays.fill(key, (byte) 0);
            return mac;
        }
    }
}
