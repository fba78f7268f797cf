package org.keyferry.settings;

import java.util.Optional;
import org.keyferry.wire.IpAddress;

/// What makes peers with virtual IPs at home in the network behind this host: `charon.plugins.dhcp`
/// `charon.plugins.farp` and `charon.plugins.forecast`.
///
/// @param answersArp for virtual IPs, in place of the peers that have them
public record LanConf(Dhcp dhcp, boolean answersArp, ForecastConf forecast) {
    private static final String DHCP = "plugins.dhcp.";

    /// Where addresses come from that `pools = dhcp` asks for.
    ///
    /// @param enabled else such pools have no addresses
    /// @param server 255.255.255.255 for any in the network; another makes this host a relay agent
    ///   (RFC 2131 §4.1) towards that server, which may be the broadcast address of a network
    /// @param identityLease what a server knows a peer by is made of its IKE identity
    /// @param forceServerAddress nothing is sent to the address that a server calls its own
    /// @param sendInterface empty for what the routes say
    /// @param receiveInterface empty for all
    /// @param useServerPort a relay agent sends from port 67, on which servers answer
    public record Dhcp(
            boolean enabled,
            IpAddress server,
            boolean identityLease,
            boolean forceServerAddress,
            Optional<String> sendInterface,
            Optional<String> receiveInterface,
            boolean useServerPort) {
        public static final IpAddress ANY_SERVER = IpAddress.v4(-1);

        public boolean isRelay() {
            return !server.equals(ANY_SERVER);
        }
    }

    static LanConf of(SettingsSection charon) {
        Optional<String> sends = charon.text(DHCP + "interface");
        return new LanConf(
                new Dhcp(
                        Plugins.isLoaded(charon, "dhcp"),
                        charon.text(DHCP + "server")
                                .flatMap(ConfValues::ipv4)
                                .orElse(Dhcp.ANY_SERVER),
                        charon.bool(DHCP + "identity_lease", false),
                        charon.bool(DHCP + "force_server_address", false),
                        sends,
                        charon.text(DHCP + "interface_receive").or(() -> sends),
                        charon.bool(DHCP + "use_server_port", false)),
                Plugins.isLoaded(charon, "farp"),
                ForecastConf.of(charon));
    }
}
