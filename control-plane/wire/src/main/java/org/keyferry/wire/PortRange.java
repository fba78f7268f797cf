package org.keyferry.wire;

import java.util.Objects;
import java.util.Optional;

/// Inclusive. The reversed pair 65535 to 0 is the RFC's OPAQUE (RFC 7296 §3.13.1): ports hidden,
/// for instance by fragments. For ICMP a port is `type << 8 | code`.
public record PortRange(int first, int last) {
    public static final PortRange ANY = new PortRange(0, 0xffff);
    public static final PortRange OPAQUE = new PortRange(0xffff, 0);

    public PortRange {
        Objects.checkIndex(first, 0x1_0000);
        Objects.checkIndex(last, 0x1_0000);
        if (!isValid(first, last)) {
            throw new IllegalArgumentException("ports " + first + " to " + last);
        }
    }

    public static PortRange single(int port) {
        return new PortRange(port, port);
    }

    static boolean isValid(int first, int last) {
        return first <= last || (first == 0xffff && last == 0);
    }

    public boolean isAny() {
        return equals(ANY);
    }

    public boolean isOpaque() {
        return equals(OPAQUE);
    }

    /// ANY contains OPAQUE too (RFC 4301 §4.4.1.1).
    public boolean contains(PortRange other) {
        if (isOpaque() || other.isOpaque()) {
            return isAny() || equals(other);
        }
        return first <= other.first && other.last <= last;
    }

    public Optional<PortRange> intersect(PortRange other) {
        if (contains(other)) {
            return Optional.of(other);
        }
        if (other.contains(this)) {
            return Optional.of(this);
        }
        int from = Math.max(first, other.first);
        int to = Math.min(last, other.last);
        return from <= to && !isOpaque() && !other.isOpaque()
                ? Optional.of(new PortRange(from, to))
                : Optional.empty();
    }
}
