package org.keyferry.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Short names of the attribute types of a DN (RFC 4519, RFC 2985), just those that charon reads:
/// with any other the text is no DN. The first row of an OID is the one that is printed; names are
/// read in any case.
final class DnAttributes {
    private record Row(String name, String dottedOid) {}

    private static final String EMAIL = "1.2.840.113549.1.9.1";
    private static final String DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25";

    private static final List<Row> ROWS =
            List.of(
                    new Row("C", "2.5.4.6"),
                    new Row("ST", "2.5.4.8"),
                    new Row("L", "2.5.4.7"),
                    new Row("O", "2.5.4.10"),
                    new Row("OU", "2.5.4.11"),
                    new Row("CN", "2.5.4.3"),
                    new Row("DC", DOMAIN_COMPONENT),
                    new Row("E", EMAIL),
                    new Row("Email", EMAIL),
                    new Row("emailAddress", EMAIL),
                    new Row("SN", "2.5.4.5"),
                    new Row("serialNumber", "2.5.4.5"),
                    new Row("S", "2.5.4.4"),
                    new Row("G", "2.5.4.42"),
                    new Row("I", "2.5.4.43"),
                    new Row("T", "2.5.4.12"),
                    new Row("D", "2.5.4.13"),
                    new Row("N", "2.5.4.41"),
                    new Row("ID", "2.5.4.45"),
                    new Row("dnQualifier", "2.5.4.46"),
                    new Row("dmdName", "2.5.4.54"),
                    new Row("pseudonym", "2.5.4.65"),
                    new Row("postalAddress", "2.5.4.16"),
                    new Row("postalCode", "2.5.4.17"),
                    new Row("STREET", "2.5.4.9"),
                    new Row("ND", "0.2.262.1.10.7.20"),
                    new Row("UID", "0.9.2342.19200300.100.1.1"),
                    new Row("unstructuredName", "1.2.840.113549.1.9.2"),
                    new Row("UN", "1.2.840.113549.1.9.2"),
                    new Row("unstructuredAddress", "1.2.840.113549.1.9.8"),
                    new Row("UA", "1.2.840.113549.1.9.8"),
                    new Row("employeeNumber", "2.16.840.1.113730.3.1.3"),
                    new Row("EN", "2.16.840.1.113730.3.1.3"));

    private static final Map<String, Bytes> BY_NAME = new HashMap<>();
    private static final Map<Bytes, String> BY_OID = new HashMap<>();

    static {
        for (Row row : ROWS) {
            Bytes oid = encode(row.dottedOid);
            if (BY_NAME.put(row.name.toLowerCase(Locale.ROOT), oid) != null) {
                throw new IllegalStateException("two rows for DN attribute " + row);
            }
            BY_OID.putIfAbsent(oid, row.name);
        }
    }

    private DnAttributes() {}

    /// Content of the DER OID.
    static Optional<Bytes> oid(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }

    /// The short name, or the dotted OID if there is none.
    static String name(Bytes oid) {
        String name = BY_OID.get(oid);
        return name != null ? name : dotted(oid);
    }

    /// E-mail addresses and domain components are IA5Strings.
    static boolean isIa5(Bytes oid) {
        String name = BY_OID.get(oid);
        return name != null && (name.equals("E") || name.equals("DC"));
    }

    private static Bytes encode(String dotted) {
        Deque<Long> arcs = new ArrayDeque<>();
        for (String arc : List.of(dotted.split("\\.", -1))) {
            arcs.add(Long.parseLong(arc));
        }
        WireWriter out = new WireWriter();
        encodeArc(out, 40 * arcs.remove() + arcs.remove());
        arcs.forEach(arc -> encodeArc(out, arc));
        return out.toBytes();
    }

    private static void encodeArc(WireWriter out, long arc) {
        int groups = Math.max(1, (70 - Long.numberOfLeadingZeros(arc)) / 7);
        for (int i = groups - 1; i >= 0; i--) {
            int group = (int) (arc >>> (7 * i)) & 0x7f;
            out.u8(i > 0 ? group | 0x80 : group);
        }
    }

    private static String dotted(Bytes oid) {
        StringBuilder out = new StringBuilder();
        long arc = 0;
        for (int i = 0; i < oid.length(); i++) {
            arc = arc << 7 | (oid.u8(i) & 0x7f);
            if ((oid.u8(i) & 0x80) == 0) {
                long top = Math.min(2, arc / 40);
                out.append(out.isEmpty() ? top + "." + (arc - 40 * top) : "." + arc);
                arc = 0;
            }
        }
        return out.toString();
    }
}
