package org.keyferry.wire;

/// Transform types (RFC 7296 §3.3.2, RFC 9370 §2.2.1).
public final class TransformType {
    public static final int ENCR = 1;
    public static final int PRF = 2;
    public static final int INTEG = 3;
    public static final int KE = 4;
    public static final int ESN = 5;
    public static final int ADDKE1 = 6;
    public static final int ADDKE2 = 7;
    public static final int ADDKE3 = 8;
    public static final int ADDKE4 = 9;
    public static final int ADDKE5 = 10;
    public static final int ADDKE6 = 11;
    public static final int ADDKE7 = 12;

    private TransformType() {}

    public static boolean isAdditionalKe(int type) {
        return type >= ADDKE1 && type <= ADDKE7;
    }

    public static String name(int type) {
        return switch (type) {
            case ENCR -> "ENCR";
            case PRF -> "PRF";
            case INTEG -> "INTEG";
            case KE -> "KE";
            case ESN -> "ESN";
            default -> isAdditionalKe(type) ? "ADDKE" + (type - KE - 1) : "TYPE_" + type;
        };
    }
}
