package org.keyferry.settings.model;

import java.security.MessageDigest;
import java.util.Arrays;

/// Bytes of a shared secret. Never prints them.
public final class SecretText {
    private final byte[] secret;

    private SecretText(byte[] secret) {
        this.secret = secret;
    }

    /// Takes the array over; the caller must not keep it.
    public static SecretText owned(byte[] secret) {
        return new SecretText(secret);
    }

    public int length() {
        return secret.length;
    }

    /// The live bytes: to be read at once, neither kept nor changed.
    public byte[] array() {
        return secret;
    }

    /// Overwrites the secret with zeros; it is useless afterwards.
    public void wipe() {
        Arrays.fill(secret, (byte) 0);
    }

    /// Compares by content, in constant time for equal lengths.
    @Override
    public boolean equals(Object other) {
        return other instanceof SecretText that && MessageDigest.isEqual(secret, that.secret);
    }

    /// Constant on purpose: a hash of the content would tell something about it.
    @Override
    public int hashCode() {
        return SecretText.class.hashCode();
    }

    @Override
    public String toString() {
        return "SecretText[hidden]";
    }
}
