package org.keyferry.netlink;

import java.net.InetAddress;
import java.util.Objects;

/// An address and how many of its leading bits count, 0 to 32 or 128. Host bits are kept.
public record IpPrefix(InetAddress address, int bits) {
    public IpPrefix {
        Objects.checkIndex(bits, AddressFamily.of(address).addressBits() + 1);
    }

    /// The address alone.
    public static IpPrefix host(InetAddress address) {
        return new IpPrefix(address, AddressFamily.of(address).addressBits());
    }

    /// `0.0.0.0/0` or `::/0`.
    public static IpPrefix any(AddressFamily family) {
        return new IpPrefix(family.any(), 0);
    }

    /// For prefixes that come from the kernel.
    public static IpPrefix checked(InetAddress address, int bits) throws MalformedKernelMessage {
        if (bits > AddressFamily.of(address).addressBits())
            throw new MalformedKernelMessage("prefix length", bits);
        return new IpPrefix(address, bits);
    }

    public AddressFamily family() {
        return AddressFamily.of(address);
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
