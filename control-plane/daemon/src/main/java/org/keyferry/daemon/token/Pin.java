package org.keyferry.daemon.token;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.keyferry.wire.Bytes;

/// The PIN that a token took, kept as long as a key of the token is loaded, and what is needed to
/// know those again that it refused. Any thread.
final class Pin {
    private static final SecretKeySpec KEY = key();

    private final Set<Bytes> refused = new HashSet<>();
    private byte[] accepted;

    private static SecretKeySpec key() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return new SecretKeySpec(key, "HmacSHA256");
    }

    /// A copy, for who wipes it.
    synchronized Optional<byte[]> copy() {
        return Optional.ofNullable(accepted).map(byte[]::clone);
    }

    synchronized boolean isKnown() {
        return accepted != null;
    }

    synchronized void accept(byte[] pin) {
        wipe();
        accepted = pin.clone();
    }

    /// It is not shown to the token again. Another one that was accepted stays.
    synchronized void refuse(byte[] pin) {
        refused.add(mark(pin));
        if (accepted != null && MessageDigest.isEqual(accepted, pin)) {
            wipe();
        }
    }

    synchronized boolean isRefused(byte[] pin) {
        return refused.contains(mark(pin));
    }

    synchronized void forgetRefusals() {
        refused.clear();
    }

    synchronized void wipe() {
        if (accepted != null) {
            Arrays.fill(accepted, (byte) 0);
            accepted = null;
        }
    }

    private static Bytes mark(byte[] pin) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(KEY);
            return Bytes.wrapOwned(mac.doFinal(pin));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }
}
