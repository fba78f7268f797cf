package org.keyferry.wire;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text of identities, read by the rules of swanctl.conf and written as charon does.
public final class IdentityText {
    private static final Map<String, Integer> PREFIXES =
            Map.ofEntries(
                    Map.entry("ipv4", IdType.IPV4_ADDR),
                    Map.entry("ipv6", IdType.IPV6_ADDR),
                    Map.entry("ipv4net", IdType.IPV4_RANGE),
                    Map.entry("ipv6net", IdType.IPV6_RANGE),
                    Map.entry("ipv4range", IdType.IPV4_RANGE),
                    Map.entry("ipv6range", IdType.IPV6_RANGE),
                    Map.entry("rfc822", IdType.RFC822_ADDR),
                    Map.entry("email", IdType.RFC822_ADDR),
                    Map.entry("userfqdn", IdType.RFC822_ADDR),
                    Map.entry("fqdn", IdType.FQDN),
                    Map.entry("dns", IdType.FQDN),
                    Map.entry("asn1dn", IdType.DER_ASN1_DN),
                    Map.entry("asn1gn", IdType.DER_ASN1_GN),
                    Map.entry("xmppaddr", IdType.XMPP_ADDR),
                    Map.entry("keyid", IdType.KEY_ID),
                    Map.entry("uri", IdType.URI));
    private static final Set<String> ANY_WORDS =
            Set.of("", "%any", "%any6", "0.0.0.0", "*", "::", "0::0");
    private static final Pattern NUMERIC_PREFIX = Pattern.compile("\\{(\\d{1,3})}:(.*)");
    private static final int KEY_ID_HASH_BYTES = 20;

    private IdentityText() {}

    static Identification parse(String text) {
        Optional<Identification> prefixed = parsePrefixed(text);
        if (prefixed.isPresent()) {
            return prefixed.get();
        }
        if (text.indexOf('=') >= 0) {
            return DistinguishedName.parse(text)
                    .map(der -> new Identification(IdType.DER_ASN1_DN, der))
                    .orElseGet(() -> keyId(text));
        }
        return text.indexOf('@') >= 0 ? parseWithAt(text) : parseWithoutAt(text);
    }

    /// The rest is taken as it is, or as hex after a `#`.
    private static Optional<Identification> parsePrefixed(String text) {
        Matcher numeric = NUMERIC_PREFIX.matcher(text);
        if (numeric.matches() && Integer.parseInt(numeric.group(1)) < IdType.FIRST_LOCAL) {
            int idType = Integer.parseInt(numeric.group(1));
            return Optional.of(new Identification(idType, dataOf(numeric.group(2))));
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        Integer idType = PREFIXES.get(text.substring(0, colon).toLowerCase(Locale.ROOT));
        return Optional.ofNullable(idType)
                .map(type -> new Identification(type, dataOf(text.substring(colon + 1))));
    }

    private static Bytes dataOf(String rest) {
        return rest.startsWith("#") ? hex(rest.substring(1)) : Bytes.utf8(rest);
    }

    /// Pairs may be separated by colons, as key ids are printed.
    private static Bytes hex(String digits) {
        return Bytes.ofHex(digits.replace(":", ""));
    }

    private static Identification parseWithAt(String text) {
        if (text.startsWith("@#")) {
            return new Identification(IdType.KEY_ID, hex(text.substring(2)));
        }
        if (text.startsWith("@@")) {
            return new Identification(IdType.RFC822_ADDR, Bytes.utf8(text.substring(2)));
        }
        if (text.startsWith("@")) {
            return new Identification(IdType.FQDN, Bytes.utf8(text.substring(1)));
        }
        return new Identification(IdType.RFC822_ADDR, Bytes.utf8(text));
    }

    private static Identification parseWithoutAt(String text) {
        if (ANY_WORDS.contains(text)) {
            return Identification.ANY;
        }
        boolean hasColon = text.indexOf(':') >= 0;
        try {
            AddressRange range = AddressRange.parse(text);
            boolean pattern = text.indexOf('/') >= 0 || text.indexOf('-') >= 0;
            return pattern
                    ? Identification.ofRange(range)
                    : Identification.ofAddress(range.first());
        } catch (IllegalArgumentException _) {
            return hasColon ? keyId(text) : new Identification(IdType.FQDN, Bytes.utf8(text));
        }
    }

    private static Identification keyId(String text) {
        return new Identification(IdType.KEY_ID, Bytes.utf8(text));
    }

    static String format(Identification id) {
        Bytes data = id.data();
        return switch (id.idType()) {
            case IdType.ANY -> "%any";
            case IdType.IPV4_ADDR, IdType.IPV6_ADDR ->
                    id.address().map(IpAddress::toString).orElseGet(() -> hexPairs(data));
            case IdType.IPV4_RANGE, IdType.IPV6_RANGE ->
                    id.range().map(IdentityText::rangeText).orElseGet(() -> hexPairs(data));
            case IdType.FQDN, IdType.RFC822_ADDR, IdType.URI, IdType.XMPP_ADDR ->
                    harmless(data.utf8());
            case IdType.DER_ASN1_DN ->
                    DistinguishedName.format(data).orElseGet(() -> hexPairs(data));
            case IdType.KEY_ID ->
                    data.length() != KEY_ID_HASH_BYTES && isPrintable(data)
                            ? data.utf8()
                            : hexPairs(data);
            default -> "(" + IdType.name(id.idType()) + ") " + hexPairs(data);
        };
    }

    private static String rangeText(AddressRange range) {
        return range.prefixBits().isPresent()
                ? range.toString()
                : range.first() + "-" + range.last();
    }

    private static boolean isPrintable(Bytes data) {
        for (int i = 0; i < data.length(); i++) {
            if (data.u8(i) < 0x20 || data.u8(i) > 0x7e) {
                return false;
            }
        }
        return !data.isEmpty();
    }

    /// Control characters, and what was no UTF-8, become `?`.
    public static String harmless(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || c == 0xfffd || !isVisible(c) ? '?' : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private static boolean isVisible(int codePoint) {
        int kind = Character.getType(codePoint);
        return kind != Character.FORMAT
                && kind != Character.LINE_SEPARATOR
                && kind != Character.PARAGRAPH_SEPARATOR
                && kind != Character.SURROGATE
                && kind != Character.UNASSIGNED;
    }

    private static String hexPairs(Bytes data) {
        return HexFormat.ofDelimiter(":").formatHex(data.toArray());
    }
}
