package org.keyferry.settings.model;

/// Kernel packet mark as configured; both numbers are unsigned 32-bit. A mask of zero matches every
/// packet.
///
/// @param kind whether the value is told here or given when a CHILD_SA is set up
public record Mark(Kind kind, int value, int mask) {
    public enum Kind {
        FIXED,
        /// A value of its own for each CHILD_SA, the same in both directions.
        UNIQUE,
        /// A value of its own for each direction of each CHILD_SA.
        UNIQUE_DIR,
        /// Of a mark that packets get: the value that the policies of that direction have.
        SAME
    }

    public static final Mark NONE = new Mark(0, 0);
    public static final Mark UNIQUE = new Mark(Kind.UNIQUE, 0, -1);
    public static final Mark UNIQUE_DIR = new Mark(Kind.UNIQUE_DIR, 0, -1);
    public static final Mark SAME = new Mark(Kind.SAME, 0, -1);

    public Mark(int value, int mask) {
        this(Kind.FIXED, value, mask);
    }
}
