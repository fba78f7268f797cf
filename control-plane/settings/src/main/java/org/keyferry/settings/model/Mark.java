package org.keyferry.settings.model;

/// Kernel packet mark; both numbers are unsigned 32-bit. A mask of zero matches every packet.
public record Mark(int value, int mask) {
    public static final Mark NONE = new Mark(0, 0);
}
