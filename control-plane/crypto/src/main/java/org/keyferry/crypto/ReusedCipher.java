package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/// One JCA `Cipher` per thread, ready for each message's key and parameters.
final class ReusedCipher {
    private final String transformation;
    private final String keyAlgorithm;
    private final Provider provider;
    private final ThreadLocal<Cipher> cipher;

    ReusedCipher(String transformation, String keyAlgorithm, Provider provider)
            throws GeneralSecurityException {
        this.transformation = transformation;
        this.keyAlgorithm = keyAlgorithm;
        this.provider = provider;
        Cipher.getInstance(transformation, provider);
        cipher = ThreadLocal.withInitial(this::create);
    }

    /// A cipher that has this key and these parameters.
    ///
    /// @throws IllegalArgumentException if the cipher does not take this key or these parameters
    Cipher ready(int mode, byte[] key, AlgorithmParameterSpec parameters) {
        SecretKeySpec keySpec = new SecretKeySpec(key, keyAlgorithm);
        try {
            Cipher reused = cipher.get();
            reused.init(mode, keySpec, parameters);
            return reused;
        } catch (InvalidKeyException | InvalidAlgorithmParameterException repeated) {
            // providers refuse to encrypt twice in a row with one nonce; a replay does so rightly
            return fresh(mode, keySpec, parameters);
        }
    }

    private Cipher fresh(int mode, SecretKeySpec keySpec, AlgorithmParameterSpec parameters) {
        Cipher fresh = create();
        try {
            fresh.init(mode, keySpec, parameters);
        } catch (InvalidKeyException | InvalidAlgorithmParameterException refused) {
            throw new IllegalArgumentException(transformation + " key or nonce", refused);
        }
        cipher.set(fresh);
        return fresh;
    }

    private Cipher create() {
        try {
            return Cipher.getInstance(transformation, provider);
        } catch (GeneralSecurityException gone) {
            throw new IllegalStateException(gone);
        }
    }
}
