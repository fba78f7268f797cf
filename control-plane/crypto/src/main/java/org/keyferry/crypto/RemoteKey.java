package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/// A private key that nobody gets to see: whoever holds it signs with it.
public interface RemoteKey extends PrivateKey {
    /// May take as long as its holder does.
    ///
    /// @return of ECDSA `r | s`, each as long as the group's order
    /// @throws GeneralSecurityException with why, if it cannot sign so or its holder is gone
    byte[] sign(SignatureScheme scheme, byte[] message) throws GeneralSecurityException;

    @Override
    default String getFormat() {
        return null;
    }

    @Override
    default byte[] getEncoded() {
        return null;
    }
}
