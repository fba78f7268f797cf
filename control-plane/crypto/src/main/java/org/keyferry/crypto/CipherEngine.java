package org.keyferry.crypto;

/// A cipher under a key given with each call, working in place on part of an array. Thread-safe.
sealed interface CipherEngine {
    /// Encrypts and authenticates in one step.
    non-sealed interface Aead extends CipherEngine {
        /// Encrypts `buffer[at .. at + lengthBytes)`; the check value goes right behind it. The
        /// `aadBytes` at the start of the buffer are authenticated too.
        void seal(byte[] key, byte[] nonce, byte[] buffer, int aadBytes, int at, int lengthBytes);

        /// Decrypts what [#seal] made.
        ///
        /// @param lengthBytes of ciphertext and check value
        /// @return false if the check value is wrong; the buffer's content is then undefined
        boolean open(
                byte[] key, byte[] nonce, byte[] buffer, int aadBytes, int at, int lengthBytes);
    }

    /// Only encrypts.
    non-sealed interface Unauthenticated extends CipherEngine {
        /// Encrypts in place.
        ///
        /// @param iv initialization vector or first counter block
        void encrypt(byte[] key, byte[] iv, byte[] buffer, int at, int lengthBytes);

        void decrypt(byte[] key, byte[] iv, byte[] buffer, int at, int lengthBytes);
    }
}
