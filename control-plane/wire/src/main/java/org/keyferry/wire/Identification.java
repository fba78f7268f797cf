package org.keyferry.wire;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// Identity of a peer (RFC 7296 §3.5), or a pattern that identities are matched with.
///
/// @param idType one of [IdType]
/// @param data 4 or 16 bytes of an address, text of a name without a trailing zero, DER of a DN
public record Identification(int idType, Bytes data) {
    public static final Identification ANY = new Identification(IdType.ANY, Bytes.EMPTY);

    /// Results of [#matches]: between them 19 stands for one wildcard, 18 for two and so on.
    public static final int MATCH_NONE = 0;

    public static final int MATCH_ANY = 1;
    public static final int MATCH_MOST_WILDCARDS = 2;
    public static final int MATCH_ONE_WILDCARD = 19;
    public static final int MATCH_PERFECT = 20;

    public Identification {
        if (idType < 0) {
            throw new IllegalArgumentException("identification type " + idType);
        }
        Objects.requireNonNull(data, "data");
    }

    /// Any text is some identity: prefixed (`keyid:#0a0b`), a DN, an address, subnet or range, an
    /// e-mail address, a name, or else a key id.
    ///
    /// @throws IllegalArgumentException only for a prefixed `#` that no hex digits follow
    public static Identification parse(String text) {
        return IdentityText.parse(text);
    }

    public static Identification ofAddress(IpAddress address) {
        int idType = address.v6() ? IdType.IPV6_ADDR : IdType.IPV4_ADDR;
        return new Identification(idType, Bytes.wrapOwned(address.toBytes()));
    }

    public static Identification ofRange(AddressRange range) {
        Bytes first = Bytes.wrapOwned(range.first().toBytes());
        return new Identification(
                range.v6() ? IdType.IPV6_RANGE : IdType.IPV4_RANGE,
                first.concat(Bytes.wrapOwned(range.last().toBytes())));
    }

    static Identification decode(WireReader in) throws PeerViolation {
        int idType = in.u8("identification type");
        in.skip(3, "identification reserved");
        int start = in.offset();
        Bytes data = in.rest();
        boolean fits =
                switch (idType) {
                    case IdType.IPV4_ADDR -> data.length() == 4;
                    case IdType.IPV6_ADDR -> data.length() == 16;
                    default -> true;
                };
        if (!fits) {
            throw PeerViolation.malformed("identification address", start);
        }
        return new Identification(idType, data);
    }

    /// Body of an ID payload: type, three zeros, data; the input of AUTH too (RFC 7296 §2.15).
    ///
    /// @throws IllegalStateException for a pattern, which cannot travel
    public Bytes body() {
        WireWriter out = new WireWriter();
        encode(out);
        return out.toBytes();
    }

    void encode(WireWriter out) {
        if (idType >= IdType.FIRST_LOCAL) {
            throw new IllegalStateException("identity of a local type: " + this);
        }
        out.u8(idType).zeros(3).bytes(data);
    }

    public boolean isAny() {
        return idType == IdType.ANY;
    }

    /// Whether this matches more than one identity when used as a pattern.
    public boolean hasWildcards() {
        return switch (idType) {
            case IdType.ANY, IdType.IPV4_RANGE, IdType.IPV6_RANGE -> true;
            case IdType.FQDN, IdType.RFC822_ADDR -> data.startsWith(Bytes.utf8("*"));
            case IdType.DER_ASN1_DN -> DistinguishedName.hasWildcards(data);
            default -> false;
        };
    }

    /// The address, if this is one.
    public Optional<IpAddress> address() {
        boolean isAddress =
                (idType == IdType.IPV4_ADDR && data.length() == 4)
                        || (idType == IdType.IPV6_ADDR && data.length() == 16);
        return isAddress ? Optional.of(IpAddress.ofBytes(data)) : Optional.empty();
    }

    /// The range, if this is a subnet or range pattern.
    Optional<AddressRange> range() {
        int half = idType == IdType.IPV4_RANGE ? 4 : idType == IdType.IPV6_RANGE ? 16 : 0;
        if (half == 0 || data.length() != 2 * half) {
            return Optional.empty();
        }
        IpAddress first = IpAddress.ofBytes(data.slice(0, half));
        IpAddress last = IpAddress.ofBytes(data.slice(half, 2 * half));
        return first.compareTo(last) <= 0
                ? Optional.of(new AddressRange(first, last))
                : Optional.empty();
    }

    /// How closely this fits `pattern`: 0 not at all, 1 because the pattern is ANY, 2 to 19 with
    /// wildcards (the more, the lower), 20 perfectly.
    public int matches(Identification pattern) {
        if (pattern.isAny()) {
            return MATCH_ANY;
        }
        if (equals(pattern)) {
            return MATCH_PERFECT;
        }
        Optional<AddressRange> range = pattern.range();
        if (range.isPresent()) {
            return address().map(a -> matchesRange(a, range.get())).orElse(MATCH_NONE);
        }
        if (idType != pattern.idType) {
            return MATCH_NONE;
        }
        return switch (idType) {
            case IdType.FQDN, IdType.RFC822_ADDR -> matchesName(pattern);
            case IdType.DER_ASN1_DN -> DistinguishedName.matches(data, pattern.data);
            default -> MATCH_NONE;
        };
    }

    private static int matchesRange(IpAddress address, AddressRange range) {
        if (!range.contains(address)) {
            return MATCH_NONE;
        }
        return range.prefixBits().isPresent() ? MATCH_ONE_WILDCARD : MATCH_MOST_WILDCARDS;
    }

    private int matchesName(Identification pattern) {
        String name = data.utf8().toLowerCase(Locale.ROOT);
        String wanted = pattern.data.utf8().toLowerCase(Locale.ROOT);
        if (wanted.equals("*")) {
            return MATCH_ANY;
        }
        if (name.equals(wanted)) {
            return MATCH_PERFECT;
        }
        return wanted.startsWith("*") && name.endsWith(wanted.substring(1))
                ? MATCH_ONE_WILDCARD
                : MATCH_NONE;
    }

    /// As charon prints it; characters that could forge a log line come out as `?`.
    @Override
    public String toString() {
        return IdentityText.format(this);
    }
}
