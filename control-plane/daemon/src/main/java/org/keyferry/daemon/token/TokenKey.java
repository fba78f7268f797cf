package org.keyferry.daemon.token;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.concurrent.atomic.AtomicBoolean;
import org.keyferry.crypto.RemoteKey;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.daemon.creds.KeyId;
import org.keyferry.daemon.creds.OwnKey;
import org.keyferry.wire.Bytes;

/// A private key that never leaves its token.
final class TokenKey implements OwnKey {
    private final Token token;
    private final Bytes object;
    private final KeyId id;
    private final Kind kind;
    private final int orderBytes;
    private final AtomicBoolean unloaded = new AtomicBoolean();

    /// @param object its CKA_ID
    /// @param orderBytes of its curve, if it is on one
    TokenKey(Token token, Bytes object, KeyId id, Kind kind, int orderBytes) {
        this.token = token;
        this.object = object;
        this.id = id;
        this.kind = kind;
        this.orderBytes = orderBytes;
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
    public boolean mayWait() {
        return true;
    }

    @Override
    public boolean isSame(OwnKey other) {
        return other instanceof TokenKey key && key.token == token && key.object.equals(object);
    }

    @Override
    public PrivateKey toPrivateKey() {
        if (unloaded.get()) {
            throw new IllegalStateException("key " + id + " was unloaded");
        }
        return new Remote();
    }

    @SuppressWarnings("serial") // of no use to anybody elsewhere
    private final class Remote implements RemoteKey {
        @Override
        public String getAlgorithm() {
            return kind.algorithm();
        }

        @Override
        public byte[] sign(SignatureScheme scheme, byte[] message) throws GeneralSecurityException {
            try {
                return token.sign(object, scheme, message, orderBytes);
            } catch (TokenFailure e) {
                throw new GeneralSecurityException(e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        if (!unloaded.getAndSet(true)) {
            token.release();
        }
    }

    @Override
    public String toString() {
        return kind + " key " + id + " on " + token;
    }
}
