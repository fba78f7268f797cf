package org.keyferry.daemon.transport;

/// @param port of IKE without marker, 1 to 65535
/// @param natTPort of IKE behind the non-ESP marker and of ESP in UDP
/// @param maxPacket largest IKE message accepted, in bytes; what is longer arrives cut off and is
///   refused as malformed
public record TransportOptions(int port, int natTPort, int maxPacket) {
    public TransportOptions {
        if (port < 1 || port > 0xffff || natTPort < 1 || natTPort > 0xffff) {
            throw new IllegalArgumentException("ports " + port + " and " + natTPort);
        }
        if (port == natTPort) {
            throw new IllegalArgumentException("both ports are " + port);
        }
    }

    int maxDatagram() {
        return maxPacket + Framing.MARKER_BYTES;
    }
}
