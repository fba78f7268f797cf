package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/// The key of a state, which can be wiped and never prints.
public final class KeyMaterial implements AutoCloseable {
    private final byte[] key;
    private boolean wiped;

    private KeyMaterial(byte[] key) {
        this.key = key;
    }

    /// Leaves the caller's array to the caller.
    public static KeyMaterial copyOf(byte[] key) {
        return new KeyMaterial(key.clone());
    }

    /// The caller gives the array up.
    public static KeyMaterial owned(byte[] key) {
        return new KeyMaterial(key);
    }

    public int lengthBytes() {
        return key.length;
    }

    /// As the kernel counts.
    public int lengthBits() {
        return key.length * 8;
    }

    /// Fails after [#close]: an SA with a key of zeros must not come to be.
    void put(ByteBuffer out) {
        if (wiped) throw new IllegalStateException("key material was wiped");
        out.put(key);
    }

    /// Wipes; a second call does nothing.
    @Override
    public void close() {
        wiped = true;
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyMaterial that && MessageDigest.isEqual(key, that.key);
    }

    /// Tells the length only.
    @Override
    public int hashCode() {
        return key.length;
    }

    @Override
    public String toString() {
        return key.length + " bytes";
    }
}
