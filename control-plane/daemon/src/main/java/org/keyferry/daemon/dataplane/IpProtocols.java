package org.keyferry.daemon.dataplane;

import java.util.OptionalInt;
import org.keyferry.wire.ProtocolId;

/// IKE's numbers of security protocols, and IP's.
final class IpProtocols {
    static final int ESP = 50;
    static final int AH = 51;
    static final int COMP = 108;

    static final int UDP = 17;

    private IpProtocols() {}

    /// @param protocolId ESP or AH
    static int of(int protocolId) {
        return switch (protocolId) {
            case ProtocolId.ESP -> ESP;
            case ProtocolId.AH -> AH;
            default -> throw new IllegalArgumentException(ProtocolId.name(protocolId));
        };
    }

    /// Empty for what is no CHILD_SA's.
    static OptionalInt protocolId(int ipProtocol) {
        return switch (ipProtocol) {
            case ESP -> OptionalInt.of(ProtocolId.ESP);
            case AH -> OptionalInt.of(ProtocolId.AH);
            default -> OptionalInt.empty();
        };
    }
}
