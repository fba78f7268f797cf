package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/// An AEAD cipher of some JCA provider.
final class JcaAead implements CipherEngine.Aead {
    private final ReusedCipher cipher;
    private final Function<byte[], AlgorithmParameterSpec> parameters;

    /// @param parameters made of the nonce
    JcaAead(ReusedCipher cipher, Function<byte[], AlgorithmParameterSpec> parameters) {
        this.cipher = cipher;
        this.parameters = parameters;
    }

    @Override
    public void seal(
            byte[] key, byte[] nonce, byte[] buffer, int aadBytes, int at, int lengthBytes) {
        Cipher ready = cipher.ready(Cipher.ENCRYPT_MODE, key, parameters.apply(nonce));
        try {
            ready.updateAAD(buffer, 0, aadBytes);
            ready.doFinal(buffer, at, lengthBytes, buffer, at);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("sealing", impossible);
        }
    }

    @Override
    public boolean open(
            byte[] key, byte[] nonce, byte[] buffer, int aadBytes, int at, int lengthBytes) {
        Cipher ready = cipher.ready(Cipher.DECRYPT_MODE, key, parameters.apply(nonce));
        try {
            ready.updateAAD(buffer, 0, aadBytes);
            ready.doFinal(buffer, at, lengthBytes, buffer, at);
            return true;
        } catch (AEADBadTagException forged) {
            return false;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("opening", impossible);
        }
    }
}
