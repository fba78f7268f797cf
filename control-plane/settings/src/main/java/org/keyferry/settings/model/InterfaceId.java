package org.keyferry.settings.model;

/// XFRM interface id as configured.
///
/// @param value unsigned; 0 with [Kind#FIXED] means none
public record InterfaceId(Kind kind, int value) {
    public enum Kind {
        FIXED,
        /// An id of its own for each SA, the same in both directions.
        UNIQUE,
        /// An id of its own for each direction of each SA.
        UNIQUE_DIR
    }

    public static final InterfaceId NONE = fixed(0);
    public static final InterfaceId UNIQUE = new InterfaceId(Kind.UNIQUE, 0);
    public static final InterfaceId UNIQUE_DIR = new InterfaceId(Kind.UNIQUE_DIR, 0);

    public static InterfaceId fixed(int value) {
        return new InterfaceId(Kind.FIXED, value);
    }

    public boolean isNone() {
        return equals(NONE);
    }
}
