package org.keyferry.daemon.creds;

import org.keyferry.crypto.SigningKey;

/// A private key that was loaded: a [FileKey], or one on a token.
public interface OwnKey extends SigningKey, AutoCloseable {
    /// Algorithms by the name that VICI and logs have for them.
    enum Kind {
        RSA("RSA"),
        ECDSA("EC"),
        ED25519("Ed25519"),
        ED448("Ed448");

        private final String algorithm;

        Kind(String algorithm) {
            this.algorithm = algorithm;
        }

        /// As the JDK calls it.
        public String algorithm() {
            return algorithm;
        }
    }

    KeyId id();

    Kind kind();

    /// Whether it is the same key in the same place, so that either may stand for both.
    boolean isSame(OwnKey other);

    /// Ends its use and wipes what is secret.
    @Override
    void close();
}
