package org.keyferry.daemon.creds;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/// A private key of a file. It is kept encoded and can be wiped; what signs with it asks for it
/// anew.
final class FileKey implements OwnKey {
    private final KeyId id;
    private final Kind kind;
    private final byte[] pkcs8;
    private boolean wiped;

    /// @param pkcs8 taken over; wiped by [#close]
    FileKey(KeyId id, Kind kind, byte[] pkcs8) {
        this.id = id;
        this.kind = kind;
        this.pkcs8 = pkcs8;
    }

    @Override
    public KeyId id() {
        return id;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public boolean isSame(OwnKey other) {
        return other instanceof FileKey && other.id().equals(id);
    }

    /// The key in the JDK's form, for one use.
    ///
    /// @throws IllegalStateException after the key was unloaded
    @Override
    public synchronized PrivateKey toPrivateKey() throws GeneralSecurityException {
        if (wiped) {
            throw new IllegalStateException("key " + id + " was unloaded");
        }
        return KeyFactory.getInstance(kind.algorithm(), PROVIDER)
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
