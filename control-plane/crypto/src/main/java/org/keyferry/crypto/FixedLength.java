package org.keyferry.crypto;

import java.math.BigInteger;

/// Non-negative integers as big-endian byte strings of a fixed length.
final class FixedLength {
    private FixedLength() {}

    /// Left-padded with zeros.
    ///
    /// @throws IllegalArgumentException if the value is too long
    static byte[] of(BigInteger value, int lengthBytes) {
        byte[] minimal = value.toByteArray(); // may begin with a zero for the sign
        int from = minimal.length > lengthBytes && minimal[0] == 0 ? 1 : 0;
        int count = minimal.length - from;
        if (value.signum() < 0 || count > lengthBytes) {
            throw new IllegalArgumentException("integer does not fit " + lengthBytes + " bytes");
        }
        byte[] padded = new byte[lengthBytes];
        System.arraycopy(minimal, from, padded, lengthBytes - count, count);
        return padded;
    }
}
