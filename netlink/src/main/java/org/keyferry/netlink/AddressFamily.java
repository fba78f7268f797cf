package org.keyferry.netlink;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// `AF_*` of the addresses that Keyferry handles.
public enum AddressFamily {
    /// No address: any family, or none given.
    UNSPECIFIED(0, 0),
    IPV4(2, 4),
    IPV6(10, 16);

    private final int number;
    private final int addressBytes;

    AddressFamily(int number, int addressBytes) {
        this.number = number;
        this.addressBytes = addressBytes;
    }

    /// The number in the kernel's structs.
    public int number() {
        return number;
    }

    public int addressBytes() {
        return addressBytes;
    }

    /// Longest prefix of the family.
    public int addressBits() {
        return addressBytes * 8;
    }

    public static AddressFamily of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    public static AddressFamily of(int number) throws MalformedKernelMessage {
        for (AddressFamily family : values()) if (family.number == number) return family;
        throw new MalformedKernelMessage("address family", number);
    }

    public static boolean isKnown(int number) {
        return number == IPV4.number || number == IPV6.number;
    }

    /// `0.0.0.0` or `::`; without a family, `0.0.0.0`.
    public InetAddress any() {
        return address(new byte[Math.max(addressBytes, IPV4.addressBytes)]);
    }

    /// Reads an address attribute, whose length is the family's.
    public InetAddress readAddress(StructReader in) throws MalformedKernelMessage {
        return address(in.bytes("address", Math.max(addressBytes, IPV4.addressBytes)));
    }

    /// Writes as many bytes as the address has.
    public static void putAddress(ByteBuffer out, InetAddress address) {
        out.put(address.getAddress());
    }

    /// An IPv4-mapped IPv6 address stays IPv6.
    private static InetAddress address(byte[] bytes) {
        try {
            return bytes.length == IPV6.addressBytes
                    ? Inet6Address.getByAddress(null, bytes, -1)
                    : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("length was checked", e);
        }
    }
}
