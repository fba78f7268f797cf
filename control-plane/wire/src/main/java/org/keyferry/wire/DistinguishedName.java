package org.keyferry.wire;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// X.501 names (RFC 5280 §4.1.2.4): `C=CH, O=x, CN=y` or `/C=CH/O=x/CN=y` to DER and back, and
/// matching, in which a value `*` is a wildcard.
final class DistinguishedName {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int OID = 0x06;
    private static final int UTF8_STRING = 0x0c;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int IA5_STRING = 0x16;

    /// String types that can be compared as text (RFC 5280 §7.1).
    private static final Map<Integer, Charset> CHARSETS =
            Map.of(
                    UTF8_STRING,
                    StandardCharsets.UTF_8,
                    PRINTABLE_STRING,
                    StandardCharsets.US_ASCII,
                    0x14,
                    StandardCharsets.ISO_8859_1, // TeletexString
                    IA5_STRING,
                    StandardCharsets.US_ASCII,
                    0x1a,
                    StandardCharsets.US_ASCII, // VisibleString
                    0x1e,
                    StandardCharsets.UTF_16BE); // BMPString

    /// @param firstOfSet false for further attributes of a multi-valued RDN
    private record Attribute(Bytes oid, int tag, Bytes value, boolean firstOfSet) {
        Optional<String> text() {
            return Optional.ofNullable(CHARSETS.get(tag))
                    .map(charset -> new String(value.toArray(), charset));
        }

        boolean isWildcard() {
            return text().filter("*"::equals).isPresent();
        }

        boolean hasValueOf(Attribute other) {
            Optional<String> text = text();
            Optional<String> otherText = other.text();
            if (text.isPresent() && otherText.isPresent()) {
                return text.get().equalsIgnoreCase(otherText.get());
            }
            return tag == other.tag && value.equals(other.value);
        }
    }

    private DistinguishedName() {}

    /// DER, or empty if the text has an attribute without `=` or with an unknown type.
    static Optional<Bytes> parse(String text) {
        boolean slashes = text.startsWith("/");
        String body = slashes ? text.substring(1) : text;
        WireWriter rdns = new WireWriter();
        int at = 0;
        while (at <= body.length()) {
            int separator = body.indexOf(slashes ? '/' : ',', at);
            int end = separator < 0 ? body.length() : separator;
            Optional<Bytes> rdn = parseRdn(body.substring(at, end));
            if (rdn.isEmpty()) {
                return Optional.empty();
            }
            rdns.bytes(rdn.get());
            at = end + 1;
        }
        return Optional.of(Der.tlv(SEQUENCE, rdns.toBytes()));
    }

    private static Optional<Bytes> parseRdn(String text) {
        int equalsSign = text.indexOf('=');
        if (equalsSign < 0) {
            return Optional.empty();
        }
        String value = text.substring(equalsSign + 1).strip();
        return DnAttributes.oid(text.substring(0, equalsSign).strip())
                .map(oid -> Der.tlv(OID, oid).concat(encodeValue(oid, value)))
                .map(pair -> Der.tlv(SET, Der.tlv(SEQUENCE, pair)));
    }

    private static Bytes encodeValue(Bytes oid, String value) {
        int tag =
                DnAttributes.isIa5(oid)
                        ? IA5_STRING
                        : value.matches("[A-Za-z0-9 '()+,./:=?-]*")
                                ? PRINTABLE_STRING
                                : UTF8_STRING;
        return Der.tlv(tag, Bytes.utf8(value));
    }

    /// `C=CH, O=x`; empty if it is no DER of a name.
    static Optional<String> format(Bytes der) {
        return decode(der).map(DistinguishedName::format);
    }

    private static String format(List<Attribute> attributes) {
        StringBuilder out = new StringBuilder();
        for (Attribute attribute : attributes) {
            String separator = out.isEmpty() ? "" : attribute.firstOfSet() ? ", " : " + ";
            String value =
                    attribute
                            .text()
                            .map(IdentityText::harmless)
                            .orElseGet(() -> "#" + attribute.value().hex());
            out.append(separator)
                    .append(DnAttributes.name(attribute.oid()))
                    .append('=')
                    .append(value);
        }
        return out.toString();
    }

    static boolean hasWildcards(Bytes der) {
        return decode(der).orElse(List.of()).stream().anyMatch(Attribute::isWildcard);
    }

    /// See [Identification#matches]. The same attributes must come in the same order.
    static int matches(Bytes der, Bytes patternDer) {
        Optional<List<Attribute>> name = decode(der);
        Optional<List<Attribute>> pattern = decode(patternDer);
        if (name.isEmpty() || pattern.isEmpty() || name.get().size() != pattern.get().size()) {
            return Identification.MATCH_NONE;
        }
        int wildcards = 0;
        for (int i = 0; i < name.get().size(); i++) {
            Attribute given = name.get().get(i);
            Attribute wanted = pattern.get().get(i);
            if (!given.oid().equals(wanted.oid())) {
                return Identification.MATCH_NONE;
            }
            if (wanted.isWildcard()) {
                wildcards++;
            } else if (!given.hasValueOf(wanted)) {
                return Identification.MATCH_NONE;
            }
        }
        return Math.max(
                Identification.MATCH_PERFECT - wildcards, Identification.MATCH_MOST_WILDCARDS);
    }

    private static Optional<List<Attribute>> decode(Bytes der) {
        try {
            return Optional.of(decodeName(new WireReader(der)));
        } catch (PeerViolation _) {
            return Optional.empty();
        }
    }

    private static List<Attribute> decodeName(WireReader in) throws PeerViolation {
        List<Attribute> attributes = new ArrayList<>();
        WireReader rdns = Der.read(in, SEQUENCE);
        in.expectEnd("name");
        while (rdns.remaining() > 0) {
            WireReader set = Der.read(rdns, SET);
            boolean first = true;
            do {
                WireReader pair = Der.read(set, SEQUENCE);
                Bytes oid = Der.read(pair, OID).rest();
                int tag = pair.u8("value tag");
                Bytes value = Der.readContent(pair).rest();
                pair.expectEnd("attribute value");
                attributes.add(new Attribute(oid, tag, value, first));
                first = false;
            } while (set.remaining() > 0);
        }
        return attributes;
    }
}
