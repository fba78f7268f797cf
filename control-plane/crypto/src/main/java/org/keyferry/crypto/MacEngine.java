package org.keyferry.crypto;

/// A message authentication code under a key given with each call. Thread-safe.
interface MacEngine {
    /// Length of a full, untruncated code.
    int outputBytes();

    /// MAC of `data[from .. from + lengthBytes)`.
    byte[] compute(byte[] key, byte[] data, int from, int lengthBytes);

    /// MAC of the parts one after another.
    byte[] compute(byte[] key, byte[]... parts);
}
