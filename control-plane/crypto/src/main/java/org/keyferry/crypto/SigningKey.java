package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/// A private key that may be asked for as often as something is to be signed.
@FunctionalInterface
public interface SigningKey {
    /// @throws GeneralSecurityException if it cannot be used
    /// @throws IllegalStateException if it is gone
    PrivateKey toPrivateKey() throws GeneralSecurityException;

    /// Whether signing may wait for somebody else, who holds the key.
    default boolean mayWait() {
        return false;
    }
}
