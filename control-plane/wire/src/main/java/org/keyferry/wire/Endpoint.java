package org.keyferry.wire;

import java.util.Objects;

/// Address and UDP port, 0 to 65535.
public record Endpoint(IpAddress address, int port) {
    public Endpoint {
        Objects.requireNonNull(address, "address");
        Objects.checkIndex(port, 0x1_0000);
    }

    /// `10.0.0.1[500]`.
    @Override
    public String toString() {
        return address + "[" + port + "]";
    }
}
