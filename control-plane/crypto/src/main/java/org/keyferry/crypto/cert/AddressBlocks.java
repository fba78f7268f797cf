package org.keyferry.crypto.cert;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;

/// Addresses that a certificate's holder may use (RFC 3779 §2).
///
/// @param families ranges by address family of those that are named; empty ranges where they are
///   the issuer's
record AddressBlocks(Map<Family, Optional<List<AddressRange>>> families) {
    static final String EXTENSION = "1.3.6.1.5.5.7.1.7";

    enum Family {
        V4(4),
        V6(16);

        private final int bytes;

        Family(int bytes) {
            this.bytes = bytes;
        }
    }

    /// @return empty if the certificate has no such extension
    /// @throws IllegalArgumentException if it is malformed
    static Optional<AddressBlocks> of(Certificate certificate) {
        byte[] extension = certificate.x509().getExtensionValue(EXTENSION);
        if (extension == null) {
            return Optional.empty();
        }
        try {
            byte[] inner = ASN1OctetString.getInstance(extension).getOctets();
            var families = new TreeMap<Family, Optional<List<AddressRange>>>();
            for (ASN1Encodable each : ASN1Sequence.getInstance(inner)) {
                ASN1Sequence block = ASN1Sequence.getInstance(each);
                Family family = family(ASN1OctetString.getInstance(block.getObjectAt(0)));
                ASN1Encodable choice = block.getObjectAt(1).toASN1Primitive();
                var former =
                        families.put(
                                family,
                                choice instanceof ASN1Null
                                        ? Optional.empty()
                                        : Optional.of(
                                                ranges(ASN1Sequence.getInstance(choice), family)));
                if (former != null) {
                    throw new IllegalArgumentException("a family is there twice");
                }
            }
            return Optional.of(new AddressBlocks(families));
        } catch (RuntimeException e) {
            // the library throws what it likes on malformed input
            throw new IllegalArgumentException("malformed address blocks: " + e.getMessage(), e);
        }
    }

    private static Family family(ASN1OctetString afi) {
        return switch (Arrays.toString(afi.getOctets())) {
            case "[0, 1]", "[0, 1, 1]" -> Family.V4; // with or without "unicast"
            case "[0, 2]", "[0, 2, 1]" -> Family.V6;
            default -> throw new IllegalArgumentException("unknown address family");
        };
    }

    private static List<AddressRange> ranges(ASN1Sequence sequence, Family family) {
        var ranges = new ArrayList<AddressRange>();
        for (ASN1Encodable each : sequence) {
            if (each.toASN1Primitive() instanceof ASN1BitString prefix) {
                ranges.add(new AddressRange(bound(prefix, family, 0), bound(prefix, family, 1)));
            } else {
                ASN1Sequence range = ASN1Sequence.getInstance(each);
                ranges.add(
                        new AddressRange(
                                bound(ASN1BitString.getInstance(range.getObjectAt(0)), family, 0),
                                bound(ASN1BitString.getInstance(range.getObjectAt(1)), family, 1)));
            }
        }
        return List.copyOf(ranges);
    }

    /// Bits that are not written down are all zeros in the lower bound and all ones in the upper.
    private static IpAddress bound(ASN1BitString bits, Family family, int filler) {
        int all = family.bytes * 8;
        int given = bits.getBytes().length * 8 - bits.getPadBits();
        if (given > all) {
            throw new IllegalArgumentException("%d bits of an address".formatted(given));
        }
        BigInteger value =
                new BigInteger(1, bits.getBytes())
                        .shiftRight(bits.getPadBits())
                        .shiftLeft(all - given);
        if (filler == 1) {
            value = value.or(BigInteger.ONE.shiftLeft(all - given).subtract(BigInteger.ONE));
        }
        byte[] magnitude = value.toByteArray();
        byte[] address = new byte[family.bytes];
        for (int i = 0; i < Math.min(magnitude.length, address.length); i++) {
            address[address.length - 1 - i] = magnitude[magnitude.length - 1 - i];
        }
        return IpAddress.ofBytes(address);
    }

    /// What is wrong with the blocks along a path (RFC 3779 §2.3).
    static Optional<String> violation(TrustPath path, PathRules rules) {
        try {
            List<Certificate> chain = path.chain();
            int last = chain.size() - 1;
            int depth = rules.blockDepth() < 0 ? last : Math.min(last, rules.blockDepth());
            for (int i = 0; i < depth; i++) {
                Optional<AddressBlocks> own = of(chain.get(i));
                if (own.isEmpty()) {
                    continue;
                }
                boolean issuerHasSome = of(chain.get(i + 1)).isPresent();
                if (!issuerHasSome && rules.strictBlocks()) {
                    return Optional.of(
                            "issuer '%s' of '%s' has no address blocks"
                                    .formatted(chain.get(i + 1), chain.get(i)));
                }
                if (issuerHasSome && !within(resolve(chain, i), resolve(chain, i + 1))) {
                    return Optional.of(
                            "address blocks of '%s' are not all those of its issuer"
                                    .formatted(chain.get(i)));
                }
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static boolean within(List<AddressRange> inner, List<AddressRange> outer) {
        return inner.stream().allMatch(i -> merged(outer).stream().anyMatch(o -> o.contains(i)));
    }

    /// Ranges that touch each other are one.
    private static List<AddressRange> merged(List<AddressRange> ranges) {
        var sorted = new ArrayList<>(ranges);
        sorted.sort(java.util.Comparator.comparing(AddressRange::first));
        var merged = new ArrayList<AddressRange>();
        for (AddressRange range : sorted) {
            AddressRange before = merged.isEmpty() ? null : merged.getLast();
            boolean touches =
                    before != null
                            && before.v6() == range.v6()
                            && (before.contains(range.first())
                                    || before.last().next().equals(range.first()));
            if (!touches) {
                merged.add(range);
            } else if (range.last().compareTo(before.last()) > 0) {
                merged.set(merged.size() - 1, new AddressRange(before.first(), range.last()));
            }
        }
        return merged;
    }

    /// The addresses of the path's subject; empty if nothing limits them. Blocks that cannot be
    /// read hold no address.
    static Optional<List<AddressRange>> of(TrustPath path) {
        try {
            return of(path.subject()).isEmpty()
                    ? Optional.empty()
                    : Optional.of(merged(resolve(path.chain(), 0)));
        } catch (IllegalArgumentException _) {
            return Optional.of(List.of());
        }
    }

    private static List<AddressRange> resolve(List<Certificate> chain, int at) {
        Optional<AddressBlocks> blocks = at < chain.size() ? of(chain.get(at)) : Optional.empty();
        if (blocks.isEmpty()) {
            return List.of(); // nobody to inherit from
        }
        var ranges = new ArrayList<AddressRange>();
        blocks.get()
                .families()
                .forEach(
                        (family, own) ->
                                ranges.addAll(
                                        own.orElseGet(
                                                () ->
                                                        resolve(chain, at + 1).stream()
                                                                .filter(
                                                                        r ->
                                                                                r.v6()
                                                                                        == (family
                                                                                                == Family
                                                                                                        .V6))
                                                                .toList())));
        return ranges;
    }
}
