package org.keyferry.crypto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.keyferry.wire.Bytes;

/// A client puzzle (RFC 8019 §4): four different keys of one size are wanted, with each of which
/// the PRF makes something of `text` that ends in enough zero bits.
///
/// @param prf one that both ends have
/// @param zeroBits at least so many; about `4 × 2^zeroBits` calls of the PRF find a solution
/// @param text what nobody can know before: the cookie, or for IKE_AUTH `Nr | SPIr`
public record Puzzle(Prf prf, int zeroBits, Bytes text) {
    public static final int KEYS = 4;
    private static final int KEY_BYTES = 8;
    private static final int CALLS_BETWEEN_LOOKS = 1_024;

    /// Only if the PRF is one that is supported here.
    ///
    /// @param prfId of transform type 2
    public static Optional<Puzzle> of(int prfId, int zeroBits, Bytes text) {
        return Prf.find(prfId).map(prf -> new Puzzle(prf, zeroBits, text));
    }

    /// Looks for keys in a fixed order, beginning at zero.
    ///
    /// @param noLongerWanted asked now and then
    /// @return empty if it was given up
    public Optional<List<Bytes>> solve(BooleanSupplier noLongerWanted) {
        byte[] octets = text.toArray();
        // a PRF over AES has keys of 16 bytes, others are content with less
        byte[] key = new byte[prf.shortensNonces() ? prf.keyBytes() : KEY_BYTES];
        ByteBuffer counter = ByteBuffer.wrap(key);
        var found = new ArrayList<Bytes>(KEYS);
        for (long tried = 0; found.size() < KEYS; tried++) {
            if (tried % CALLS_BETWEEN_LOOKS == 0 && noLongerWanted.getAsBoolean()) {
                return Optional.empty();
            }
            counter.putLong(key.length - Long.BYTES, tried);
            if (trailingZeroBits(prf.compute(key, octets)) >= zeroBits) {
                found.add(Bytes.of(key));
            }
        }
        return Optional.of(List.copyOf(found));
    }

    /// Looks at all of them (§7.1.4).
    public boolean isSolvedBy(List<Bytes> keys) {
        if (keys.size() != KEYS || new HashSet<>(keys).size() != KEYS) {
            return false;
        }
        int keyBytes = keys.getFirst().length();
        byte[] octets = text.toArray();
        for (Bytes key : keys) {
            if (key.isEmpty() || key.length() != keyBytes || keyBytes > prf.keyBytes()) {
                return false;
            }
            if (trailingZeroBits(prf.compute(key.toArray(), octets)) < zeroBits) {
                return false;
            }
        }
        return true;
    }

    private static int trailingZeroBits(byte[] value) {
        int bits = 0;
        for (int i = value.length - 1; i >= 0; i--, bits += Byte.SIZE) {
            if (value[i] != 0) {
                return bits + Integer.numberOfTrailingZeros(value[i]);
            }
        }
        return bits;
    }
}
