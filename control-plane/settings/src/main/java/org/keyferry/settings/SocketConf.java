package org.keyferry.settings;

import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.model.Mark;

/// What strongswan.conf says about the sockets and the addresses that they serve: options of
/// `charon` and of `charon.plugins.socket-default`.
///
/// @param port 0 means any free one, likewise `portNatT`
/// @param portTcp where IKE and ESP over TCP are taken, 0 for nowhere
/// @param maxPacket largest accepted IKE message in bytes
/// @param fwmark mark of all packets sent
/// @param setSource packets leave from the address that the IKE_SA uses
/// @param setSourceInterface and from the interface that has it
public record SocketConf(
        int port,
        int portNatT,
        int portTcp,
        int maxPacket,
        Interfaces interfaces,
        boolean preferTemporaryAddresses,
        Optional<Mark> fwmark,
        boolean setSource,
        boolean setSourceInterface,
        boolean useIpv4,
        boolean useIpv6) {

    /// The network interfaces whose addresses are used.
    ///
    /// @param use if not empty, only these
    /// @param ignore without effect if `use` is not empty
    public record Interfaces(Set<String> use, Set<String> ignore) {
        public static final Interfaces ALL = new Interfaces(Set.of(), Set.of());

        public Interfaces {
            use = Set.copyOf(use);
            ignore = Set.copyOf(ignore);
        }

        public boolean uses(String name) {
            return use.isEmpty() ? !ignore.contains(name) : use.contains(name);
        }
    }

    public SocketConf withPorts(int ike, int natT) {
        return new SocketConf(
                ike,
                natT,
                portTcp,
                maxPacket,
                interfaces,
                preferTemporaryAddresses,
                fwmark,
                setSource,
                setSourceInterface,
                useIpv4,
                useIpv6);
    }

    static SocketConf of(SettingsSection charon) {
        String plugin = "plugins.socket-default.";
        return new SocketConf(
                StrongswanConf.within(charon, "port", 500, 0, 0xffff),
                StrongswanConf.within(charon, "port_nat_t", 4_500, 0, 0xffff),
                StrongswanConf.within(charon, "keyferry.tcp_port", 0, 0, 0xffff),
                StrongswanConf.within(charon, "max_packet", 10_000, 28, 0xffff),
                new Interfaces(
                        KernelConf.words(charon.text("interfaces_use").orElse("")),
                        KernelConf.words(charon.text("interfaces_ignore").orElse(""))),
                charon.bool("prefer_temporary_addrs", false),
                charon.text(plugin + "fwmark").flatMap(ConfValues::mark),
                charon.bool(plugin + "set_source", true),
                charon.bool(plugin + "set_sourceif", false),
                charon.bool(plugin + "use_ipv4", true),
                charon.bool(plugin + "use_ipv6", true));
    }
}
