package org.keyferry.daemon.lan;

import java.util.Arrays;
import java.util.Optional;
import org.keyferry.wire.Bytes;

/// Values of option [DhcpMessage#MESSAGE_TYPE] (RFC 2132 §9.6).
enum DhcpType {
    DISCOVER(1),
    OFFER(2),
    REQUEST(3),
    DECLINE(4),
    ACK(5),
    NAK(6),
    RELEASE(7),
    INFORM(8);

    private final int number;

    DhcpType(int number) {
        this.number = number;
    }

    Bytes value() {
        return Bytes.ofU8(number);
    }

    static Optional<DhcpType> of(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }
}
