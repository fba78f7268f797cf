package org.keyferry.daemon.addresses;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// Addresses to be given to peers, and what peers are told along with them.
///
/// @param base as configured
/// @param first that is given
/// @param size how many addresses it has
public record Pool(
        String name, IpAddress base, IpAddress first, int size, List<ConfigAttribute> attributes) {
    /// Of larger blocks no more is used.
    private static final int MOST_HOST_BITS = 31;

    public Pool {
        attributes = List.copyOf(attributes);
    }

    /// A block `10.3.0.0/24` from its address on, without the first and the last address of the
    /// block if it has more than two; a range `10.3.0.5-10.3.0.9` or a single address whole.
    ///
    /// @throws IllegalArgumentException if `addrs` is none of them
    public static Pool of(String name, String addrs, List<ConfigAttribute> attributes) {
        int slash = addrs.indexOf('/');
        AddressRange range = AddressRange.parse(addrs);
        if (slash < 0) {
            return new Pool(name, range.first(), range.first(), count(range), attributes);
        }
        IpAddress base = IpAddress.parse(addrs.substring(0, slash).strip());
        int prefixBits = Integer.parseInt(addrs.substring(slash + 1).strip());
        boolean network = base.bits() - prefixBits > 1 && base.equals(range.first());
        return new Pool(
                name,
                base,
                network ? base.next() : base,
                sizeOfBlock(base, prefixBits),
                attributes);
    }

    /// @param offset from 0, below [#size]
    IpAddress address(int offset) {
        long low = first.low() + offset;
        boolean carry = Long.compareUnsigned(low, first.low()) < 0;
        return new IpAddress(carry ? first.high() + 1 : first.high(), low, first.v6());
    }

    /// Empty unless it is one of the addresses that are given.
    Optional<Integer> offset(IpAddress address) {
        long offset = address.low() - first.low();
        boolean inside =
                address.v6() == first.v6()
                        && Long.compareUnsigned(offset, size) < 0
                        && address((int) offset).equals(address);
        return inside ? Optional.of((int) offset) : Optional.empty();
    }

    boolean sameAddresses(Pool other) {
        return base.equals(other.base) && size == other.size;
    }

    /// Largest number that [#size] can tell, also for the rest of a larger block.
    private static int sizeOfBlock(IpAddress base, int prefixBits) {
        int hostBits = Math.min(base.bits() - prefixBits, MOST_HOST_BITS);
        long block = 1L << hostBits;
        long offset = base.low() & (block - 1);
        if (block <= 2) {
            return (int) (block - offset);
        }
        long unused = offset == 0 ? 2 : 1; // the first address was not counted if base is beyond
        return (int) Math.max(block - offset - unused, 0);
    }

    private static int count(AddressRange range) {
        BigInteger first = new BigInteger(1, range.first().toBytes());
        BigInteger last = new BigInteger(1, range.last().toBytes());
        return last.subtract(first)
                .add(BigInteger.ONE)
                .min(BigInteger.valueOf(Integer.MAX_VALUE))
                .intValue();
    }
}
