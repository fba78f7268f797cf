package org.keyferry.daemon.creds;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.keyferry.crypto.SigningKey;

/// A private key that was loaded. It is kept encoded and can be wiped; what signs with it asks for
/// it anew.
public final class OwnKey implements SigningKey, AutoCloseable {
    /// Algorithms by the name that VICI and logs have for them.
    public enum Kind {
        RSA("RSA"),
        ECDSA("EC"),
        ED25519("Ed25519"),
        ED448("Ed448");

        private final String algorithm;

        Kind(String algorithm) {
            this.algorithm = algorithm;
        }
    }

    private final KeyId id;
    private final Kind kind;
    private final byte[] pkcs8;
    private boolean wiped;

    /// @param pkcs8 taken over; wiped by [#close]
    OwnKey(KeyId id, Kind kind, byte[] pkcs8) {
        this.id = id;
        this.kind = kind;
        this.pkcs8 = pkcs8;
    }

    public KeyId id() {
        return id;
    }

    public Kind kind() {
        return kind;
    }

    /// The key in the JDK's form, for one use.
    ///
    /// @throws IllegalStateException after the key was unloaded
    @Override
    public synchronized PrivateKey toPrivateKey() throws GeneralSecurityException {
        if (wiped) {
            throw new IllegalStateException("key " + id + " was unloaded");
        }
        return KeyFactory.getInstance(kind.algorithm, PROVIDER)
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    @Override
    public synchronized void close() {
        wiped = true;
        Arrays.fill(pkcs8, (byte) 0);
    }

    @Override
    public String toString() {
        return kind + " key " + id;
    }
}
