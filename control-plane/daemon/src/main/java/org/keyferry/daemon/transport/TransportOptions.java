package org.keyferry.daemon.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.OptionalInt;
import org.keyferry.settings.SocketConf;
import org.keyferry.settings.model.Mark;

/// @param port of IKE without marker, 1 to 65535
/// @param natTPort of IKE behind the non-ESP marker and of ESP in UDP
/// @param maxPacket largest IKE message accepted, in bytes; what is longer arrives cut off and is
///   refused as malformed
/// @param mark of all packets sent, if any
public record TransportOptions(
        int port, int natTPort, int maxPacket, OptionalInt mark, boolean ipv4, boolean ipv6) {
    public TransportOptions {
        if (port < 1 || port > 0xffff || natTPort < 1 || natTPort > 0xffff) {
            throw new IllegalArgumentException("ports " + port + " and " + natTPort);
        }
        if (port == natTPort) {
            throw new IllegalArgumentException("both ports are " + port);
        }
    }

    /// @throws IllegalArgumentException if the ports cannot be used together
    public static TransportOptions of(SocketConf conf) {
        return new TransportOptions(
                conf.port(),
                conf.portNatT(),
                conf.maxPacket(),
                conf.fwmark().map(Mark::value).map(OptionalInt::of).orElse(OptionalInt.empty()),
                conf.useIpv4(),
                conf.useIpv6());
    }

    boolean uses(InetAddress address) {
        return address instanceof Inet6Address ? ipv6 : ipv4;
    }

    int maxDatagram() {
        return maxPacket + Framing.MARKER_BYTES;
    }
}
