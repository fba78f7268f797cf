package org.keyferry.netlink.xfrm;

/// Security parameter index; for IPComp the CPI. All 32 bits count, 0 stands for none or any.
public record Spi(int value) {
    public static final Spi NONE = new Spi(0);

    /// 8 lower-case hex digits.
    @Override
    public String toString() {
        return "%08x".formatted(value);
    }
}
