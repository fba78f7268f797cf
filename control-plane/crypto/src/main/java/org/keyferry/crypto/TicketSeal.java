package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.keyferry.wire.Bytes;

/// Seals what this side gives away and wants back unread and unchanged, as session tickets (RFC
/// 5723 §6): AES-256-GCM.
public final class TicketSeal {
    public static final int KEY_BYTES = 32;
    public static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private TicketSeal() {}

    /// @param key stays the caller's to wipe, as does `content`
    /// @param nonce never used before with this key
    /// @param head authenticated, but not part of the result
    public static Bytes seal(byte[] key, Bytes nonce, Bytes head, byte[] content) {
        try {
            return Bytes.wrapOwned(cipher(Cipher.ENCRYPT_MODE, key, nonce, head).doFinal(content));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("sealing a ticket", impossible);
        }
    }

    /// Empty if it was not sealed with the same key, nonce and head.
    public static Optional<byte[]> open(byte[] key, Bytes nonce, Bytes head, Bytes sealed) {
        if (sealed.length() < TAG_BITS / Byte.SIZE) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, key, nonce, head).doFinal(sealed.toArray()));
        } catch (AEADBadTagException _) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("opening a ticket", impossible);
        }
    }

    private static Cipher cipher(int mode, byte[] key, Bytes nonce, Bytes head)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(key, "AES"),
                new GCMParameterSpec(TAG_BITS, nonce.toArray()));
        cipher.updateAAD(head.toArray());
        return cipher;
    }
}
