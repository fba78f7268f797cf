package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/// A CBC or CTR mode cipher of some JCA provider.
final class JcaUnauthenticated implements CipherEngine.Unauthenticated {
    private final ReusedCipher cipher;

    JcaUnauthenticated(ReusedCipher cipher) {
        this.cipher = cipher;
    }

    @Override
    public void encrypt(byte[] key, byte[] iv, byte[] buffer, int at, int lengthBytes) {
        process(Cipher.ENCRYPT_MODE, key, iv, buffer, at, lengthBytes);
    }

    @Override
    public void decrypt(byte[] key, byte[] iv, byte[] buffer, int at, int lengthBytes) {
        process(Cipher.DECRYPT_MODE, key, iv, buffer, at, lengthBytes);
    }

    private void process(int mode, byte[] key, byte[] iv, byte[] buffer, int at, int lengthBytes) {
        Cipher ready = cipher.ready(mode, key, new IvParameterSpec(iv));
        try {
            ready.doFinal(buffer, at, lengthBytes, buffer, at);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("encryption", impossible);
        }
    }
}
