package org.keyferry.wire;

/// Identification types (RFC 7296 §3.5). Types from 256 never travel: they only stand in patterns.
public final class IdType {
    public static final int IPV4_ADDR = 1;
    public static final int FQDN = 2;
    public static final int RFC822_ADDR = 3;
    public static final int IPV6_ADDR = 5;
    public static final int DER_ASN1_DN = 9;
    public static final int DER_ASN1_GN = 10;
    public static final int KEY_ID = 11;
    public static final int FC_NAME = 12;
    public static final int NULL = 13;

    /// Matches everything; printed `%any`.
    public static final int ANY = 256;

    /// Data: first and last address, 8 or 32 bytes; a range that is a prefix counts as subnet.
    public static final int IPV4_RANGE = 257;

    public static final int IPV6_RANGE = 258;
    public static final int URI = 259;
    public static final int XMPP_ADDR = 260;

    static final int FIRST_LOCAL = 256;

    private IdType() {}

    public static String name(int idType) {
        return switch (idType) {
            case IPV4_ADDR -> "ID_IPV4_ADDR";
            case FQDN -> "ID_FQDN";
            case RFC822_ADDR -> "ID_RFC822_ADDR";
            case IPV6_ADDR -> "ID_IPV6_ADDR";
            case DER_ASN1_DN -> "ID_DER_ASN1_DN";
            case DER_ASN1_GN -> "ID_DER_ASN1_GN";
            case KEY_ID -> "ID_KEY_ID";
            case FC_NAME -> "ID_FC_NAME";
            case NULL -> "ID_NULL";
            case ANY -> "ID_ANY";
            default -> "ID_" + idType;
        };
    }
}
