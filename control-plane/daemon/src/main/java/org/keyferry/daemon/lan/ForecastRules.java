package org.keyferry.daemon.lan;

import java.util.Collection;
import java.util.stream.Collectors;
import org.keyferry.wire.AddressRange;

/// The packet filter's part: marks lead packets to the CHILD_SAs that have them. What the peer
/// sends is marked by its SPI, what goes to the networks of the peer by its destination; multicasts
/// and broadcasts are not, as several peers may want them.
final class ForecastRules {
    static final String TABLE = "inet keyferry-forecast";

    /// The whole table, in place of the one that is there.
    ///
    /// @param port own UDP port of ESP behind NATs
    static String of(Collection<ForecastPeer> peers, int port) {
        String empty = "table %1$s\ndelete table %1$s\n".formatted(TABLE);
        if (peers.isEmpty()) {
            return empty;
        }
        String spis =
                peers.stream()
                        .map(peer -> "0x%x : 0x%x".formatted(peer.spiIn(), peer.markIn()))
                        .collect(Collectors.joining(", "));
        String marking = peers.stream().map(ForecastRules::marking).collect(Collectors.joining());
        return empty
                + """
                table %1$s {
                  map spis { typeof esp spi : meta mark; elements = { %2$s } }
                  chain prerouting {
                    type filter hook prerouting priority mangle;
                    udp dport %3$d meta mark set @th,64,32 map @spis
                    meta mark set esp spi map @spis
                    ip protocol esp return
                    udp dport { 500, %3$d } return
                %4$s  }
                  chain output {
                    type route hook output priority mangle;
                    ip protocol esp return
                    udp sport { 500, %3$d } return
                %4$s  }
                }
                """
                        .formatted(TABLE, spis, port, marking);
    }

    private static String marking(ForecastPeer peer) {
        return peer.peersNetworks().stream()
                .filter(network -> !network.v6() && !network.first().isMulticast())
                .map(n -> "    ip daddr %s meta mark set 0x%x\n".formatted(text(n), peer.markOut()))
                .collect(Collectors.joining());
    }

    private static String text(AddressRange network) {
        return network.toString().replace("..", "-");
    }

    private ForecastRules() {}
}
