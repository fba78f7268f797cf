package org.keyferry.settings;

import static org.keyferry.settings.StrongswanConf.count;
import static org.keyferry.settings.StrongswanConf.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keyferry.settings.model.Mark;

/// What strongswan.conf says about the kernel: options of `charon` and of
/// `charon.plugins.kernel-netlink`.
///
/// @param spiMin lowest SPI asked for, unsigned; if it is reserved or above `spiMax`, neither of
///   the two counts
/// @param reqidBase the first reqid that is allocated
/// @param portBypass IKE ports are exempt by global policies instead of by the sockets' own
/// @param policyUpdate policies are always written by an update, never by a plain add
/// @param receiveBufferBytes of netlink sockets; 0 leaves the system's default
/// @param protoPortTransportSa SAs in transport mode have a selector of protocol and ports
/// @param spdHashing empty leaves the kernel's thresholds alone
/// @param acquireExpires after which the kernel asks again; zero leaves its own setting alone
/// @param virtualIps what becomes of addresses that peers give us
/// @param offloadFeatureInterface device that tells whether the kernel knows ESP offload
public record KernelConf(
        int spiMin,
        int spiMax,
        int reqidBase,
        Routes routes,
        boolean portBypass,
        boolean policyUpdate,
        int receiveBufferBytes,
        boolean protoPortTransportSa,
        Optional<SpdHashing> spdHashing,
        Duration acquireExpires,
        VirtualIps virtualIps,
        String offloadFeatureInterface) {

    /// Routes of CHILD_SAs in a table of their own, found by a rule of the given priority.
    ///
    /// @param table 0 is the main table, without a rule
    /// @param ignoredTables names or numbers of tables that do not count when a route is looked up
    /// @param followChanges changes of routes are acted on; `followRules` likewise
    /// @param roamEvents changes of addresses, links and routes are acted on
    /// @param xfrmInterfaces also for CHILD_SAs with an XFRM interface id
    /// @param mtu metric of the routes; 0 for none
    /// @param mss advertised maximum segment size of the routes; 0 for none
    /// @param fwmark restricts the rule
    public record Routes(
            boolean install,
            int table,
            int rulePriority,
            Set<String> ignoredTables,
            boolean followChanges,
            boolean followRules,
            boolean roamEvents,
            boolean xfrmInterfaces,
            int mtu,
            int mss,
            Optional<RuleMark> fwmark) {
        public static final Routes DEFAULT =
                new Routes(
                        true, 220, 220, Set.of(), true, false, true, false, 0, 0, Optional.empty());

        public Routes {
            ignoredTables = Set.copyOf(ignoredTables);
        }

        public Routes installed(boolean wanted, int inTable) {
            return new Routes(
                    wanted,
                    inTable,
                    rulePriority,
                    ignoredTables,
                    followChanges,
                    followRules,
                    roamEvents,
                    xfrmInterfaces,
                    mtu,
                    mss,
                    fwmark);
        }
    }

    /// @param install they are put on an interface of this host
    /// @param device name of the interface; empty for the one that leads to the peer
    public record VirtualIps(boolean install, Optional<String> device) {
        public static final VirtualIps DEFAULT = new VirtualIps(true, Optional.empty());
    }

    /// The mark by which a rule selects packets.
    ///
    /// @param inverted packets without the mark are meant; routes are then looked up with it
    public record RuleMark(Mark mark, boolean inverted) {}

    /// Prefix lengths from which policies are found by hash.
    public record SpdHashing(int v4Local, int v4Remote, int v6Local, int v6Remote) {
        static final SpdHashing KERNEL_DEFAULT = new SpdHashing(32, 32, 128, 128);
    }

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int SPI_MIN = 0xc000_0000;
    private static final int SPI_MAX = 0xcfff_ffff;

    /// SPIs below are not for use (RFC 4303 §2.1).
    private static final int RESERVED_SPIS = 256;

    /// What holds where nothing is configured.
    public static final KernelConf DEFAULT =
            new KernelConf(
                    SPI_MIN,
                    SPI_MAX,
                    1,
                    Routes.DEFAULT,
                    false,
                    false,
                    RECEIVE_BUFFER_BYTES,
                    false,
                    Optional.empty(),
                    Duration.ofSeconds(165),
                    VirtualIps.DEFAULT,
                    "lo");

    /// @param retransmission its total is the default time for which an acquire is held
    static KernelConf of(SettingsSection charon, StrongswanConf.Retransmission retransmission) {
        String plugin = "plugins.kernel-netlink.";
        boolean spis = spisFit(charon);
        int acquireSeconds = (int) Math.min(retransmission.total().toSeconds(), 1 << 30);
        return new KernelConf(
                spis ? charon.integer("spi_min", SPI_MIN) : SPI_MIN,
                spis ? charon.integer("spi_max", SPI_MAX) : SPI_MAX,
                within(charon, "reqid_base", 1, 1, Integer.MAX_VALUE),
                routes(charon, plugin),
                charon.bool(plugin + "port_bypass", false),
                charon.bool(plugin + "policy_update", false),
                count(charon, plugin + "receive_buffer_size", RECEIVE_BUFFER_BYTES),
                charon.bool(plugin + "set_proto_port_transport_sa", false),
                spdHashing(charon, plugin + "spdh_thresh."),
                Duration.ofSeconds(count(charon, plugin + "xfrm_acq_expires", acquireSeconds)),
                new VirtualIps(
                        charon.bool("install_virtual_ip", true),
                        charon.text("install_virtual_ip_on").filter(name -> !name.isEmpty())),
                charon.text(plugin + "hw_offload_feature_interface").orElse("lo"));
    }

    /// Whether the kernel can be asked for SPIs of the range that is written.
    static boolean spisFit(SettingsSection charon) {
        int least = charon.integer("spi_min", SPI_MIN);
        int most = charon.integer("spi_max", SPI_MAX);
        return Integer.compareUnsigned(least, RESERVED_SPIS) >= 0
                && Integer.compareUnsigned(least, most) <= 0;
    }

    public KernelConf with(Routes others) {
        return new KernelConf(
                spiMin,
                spiMax,
                reqidBase,
                others,
                portBypass,
                policyUpdate,
                receiveBufferBytes,
                protoPortTransportSa,
                spdHashing,
                acquireExpires,
                virtualIps,
                offloadFeatureInterface);
    }

    private static Routes routes(SettingsSection charon, String plugin) {
        return new Routes(
                charon.bool("install_routes", true),
                count(charon, "routing_table", 220),
                count(charon, "routing_table_prio", 220),
                words(charon.text("ignore_routing_tables").orElse("")),
                charon.bool("process_route", true),
                charon.bool(plugin + "process_rules", false),
                charon.bool(plugin + "roam_events", true),
                charon.bool(plugin + "install_routes_xfrmi", false),
                count(charon, plugin + "mtu", 0),
                count(charon, plugin + "mss", 0),
                charon.text(plugin + "fwmark").flatMap(KernelConf::ruleMark));
    }

    private static Optional<RuleMark> ruleMark(String text) {
        boolean inverted = text.startsWith("!");
        return ConfValues.mark(inverted ? text.substring(1) : text)
                .map(mark -> new RuleMark(mark, inverted));
    }

    private static Optional<SpdHashing> spdHashing(SettingsSection charon, String prefix) {
        var wanted =
                new SpdHashing(
                        within(charon, prefix + "ipv4.lbits", 32, 0, 32),
                        within(charon, prefix + "ipv4.rbits", 32, 0, 32),
                        within(charon, prefix + "ipv6.lbits", 128, 0, 128),
                        within(charon, prefix + "ipv6.rbits", 128, 0, 128));
        return Optional.of(wanted).filter(hashing -> !hashing.equals(SpdHashing.KERNEL_DEFAULT));
    }

    /// Entries separated by blanks or commas.
    static Set<String> words(String text) {
        return Arrays.stream(text.split("[, \t]+", -1))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
