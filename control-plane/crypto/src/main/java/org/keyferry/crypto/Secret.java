package org.keyferry.crypto;

import java.util.Arrays;
import java.util.List;

/// Key material that is wiped when closed. Not thread-safe; compared by identity, printed without
/// content.
public final class Secret implements AutoCloseable {
    private final byte[] content;

    private Secret(byte[] content) {
        this.content = content;
    }

    /// Takes the array over without a copy; it will be wiped.
    public static Secret owned(byte[] content) {
        return new Secret(content);
    }

    public static Secret copyOf(byte[] content) {
        return new Secret(content.clone());
    }

    /// All of them, one after the other.
    ///
    /// @param parts are wiped
    public static Secret joined(List<Secret> parts) {
        byte[] whole = Concat.of(parts.stream().map(Secret::array).toArray(byte[][]::new));
        parts.forEach(Secret::close);
        return new Secret(whole);
    }

    /// In bytes.
    public int length() {
        return content.length;
    }

    /// The live array: to be read at once, not to be kept. All zeros after [#close].
    public byte[] array() {
        return content;
    }

    /// Wipes.
    @Override
    public void close() {
        Arrays.fill(content, (byte) 0);
    }

    @Override
    public String toString() {
        return "secret of " + content.length + " bytes";
    }
}
