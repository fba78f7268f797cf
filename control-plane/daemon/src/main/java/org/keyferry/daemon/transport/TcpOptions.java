package org.keyferry.daemon.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalInt;
import org.keyferry.settings.SocketConf;
import org.keyferry.settings.model.Mark;

/// @param port where connections are taken; 0 for nowhere
/// @param maxPacket largest IKE message accepted, in bytes
/// @param mark of all packets sent, if any
/// @param patience with a peer that has not proved itself, between two messages; and with one that
///   does not read what it gets before the end
public record TcpOptions(
        int port, int maxPacket, OptionalInt mark, boolean ipv4, boolean ipv6, Duration patience) {
    public static TcpOptions of(SocketConf conf, Duration patience) {
        return new TcpOptions(
                conf.portTcp(),
                conf.maxPacket(),
                conf.fwmark().map(Mark::value).map(OptionalInt::of).orElse(OptionalInt.empty()),
                conf.useIpv4(),
                conf.useIpv6(),
                patience);
    }

    boolean listensOn(InetAddress address) {
        return port != 0 && (address instanceof Inet6Address ? ipv6 : ipv4);
    }
}
