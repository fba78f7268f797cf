package org.keyferry.wire;

import java.util.Objects;

/// Address and port, 0 to 65535.
///
/// @param tcp of TCP (RFC 9329) instead of UDP; with port 0 of a connection that is not there yet
public record Endpoint(IpAddress address, int port, boolean tcp) {
    public Endpoint {
        Objects.requireNonNull(address, "address");
        Objects.checkIndex(port, 0x1_0000);
    }

    /// Of UDP.
    public Endpoint(IpAddress address, int port) {
        this(address, port, false);
    }

    public static Endpoint ofTcp(IpAddress address, int port) {
        return new Endpoint(address, port, true);
    }

    /// `10.0.0.1[500]`, `10.0.0.1[4500/tcp]`.
    @Override
    public String toString() {
        return address + "[" + port + (tcp ? "/tcp]" : "]");
    }
}
