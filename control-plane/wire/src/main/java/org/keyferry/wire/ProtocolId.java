package org.keyferry.wire;

/// Security protocol identifiers (RFC 7296 §3.3.1).
public final class ProtocolId {
    /// In a Notify that concerns no SA.
    public static final int NONE = 0;

    public static final int IKE = 1;
    public static final int AH = 2;
    public static final int ESP = 3;

    private ProtocolId() {}

    public static String name(int protocolId) {
        return switch (protocolId) {
            case NONE -> "NONE";
            case IKE -> "IKE";
            case AH -> "AH";
            case ESP -> "ESP";
            default -> "PROTO_" + protocolId;
        };
    }

    static boolean isChild(int protocolId) {
        return protocolId == AH || protocolId == ESP;
    }
}
