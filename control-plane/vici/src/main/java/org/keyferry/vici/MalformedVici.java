package org.keyferry.vici;

/// Bytes that are no VICI packet: says what was wrong and where. Carries no stack trace, so that
/// junk from a client stays cheap, and no bytes, since a value may be a key.
public final class MalformedVici extends Exception {
    private static final long serialVersionUID = 1;

    private final String what;
    private final int offsetBytes;

    MalformedVici(String what, int offsetBytes) {
        super(what + " at byte " + offsetBytes, null, false, false);
        this.what = what;
        this.offsetBytes = offsetBytes;
    }

    /// What was wrong, for instance `list item outside a list`.
    public String what() {
        return what;
    }

    /// Offset of the field at fault, counted from the packet's type byte.
    public int offsetBytes() {
        return offsetBytes;
    }
}
