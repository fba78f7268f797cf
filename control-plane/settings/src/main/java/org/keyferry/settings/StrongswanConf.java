package org.keyferry.settings;

import java.nio.file.Path;
import java.time.Duration;
import org.keyferry.settings.model.Admission;
import org.keyferry.settings.model.ChildHandling;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.FragmentSizes;
import org.keyferry.settings.model.PathHandling;
import org.keyferry.settings.model.Puzzles;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.SpiLabel;

/// The options of strongswan.conf that the daemon honours. Values that cannot be read, or lie
/// outside of their range, count as not set.
///
/// @param keepAlive interval of NAT keepalives; zero is off
/// @param hostResolverThreads names that are resolved at the same time
/// @param marksConnections of transport mode, so that answers find their CHILD_SA
/// @param viciSocket URI, `unix://path` or `tcp://host:port`
public record StrongswanConf(
        Retransmission retransmission,
        DosProtection dosProtection,
        Admission admission,
        Duration halfOpenTimeout,
        Renewal renewal,
        ChildHandling children,
        Duration keepAlive,
        PathHandling paths,
        FragmentSizes fragmentSizes,
        SpiLabel spiLabel,
        boolean preferConfiguredProposals,
        boolean acceptPrivateAlgorithms,
        boolean sendVendorId,
        int replayWindow,
        int hostResolverThreads,
        SocketConf sockets,
        KernelConf kernel,
        String viciSocket,
        Logging logging,
        Service service,
        RevocationConf revocation,
        RadiusConf radius,
        TrustConf trust,
        Pkcs11Conf pkcs11,
        ConfigPayloadConf configPayloads,
        LanConf lan,
        boolean marksConnections,
        EapOptions eap,
        SimConf sims) {

    /// A year: longer no peer is waited for.
    private static final double MOST_SECONDS = 365 * 86_400;

    /// Timing of requests: try `n` counted from 0 waits `timeout × base^n`, at most `limit` if that
    /// is not zero, less a random part of up to `jitterPercent`.
    ///
    /// @param tries retransmissions before giving up
    /// @param jitterPercent 0 to 20
    public record Retransmission(
            Duration timeout, double base, int tries, int jitterPercent, Duration limit) {
        /// From the first try until the peer is given up, without jitter.
        public Duration total() {
            double seconds = 0;
            double each = timeout.toMillis() / 1e3;
            double most = limit.isZero() ? Double.MAX_VALUE : limit.toMillis() / 1e3;
            for (int n = 0; n <= tries && seconds < MOST_SECONDS; n++, each *= base)
                seconds += Math.min(each, most);
            return Duration.ofMillis(Math.round(Math.min(seconds, MOST_SECONDS) * 1e3));
        }
    }

    /// Counts of half-open IKE SAs from which cookies are required, in all and of one address, and
    /// from which an address is ignored; 0 switches each off.
    public record DosProtection(
            boolean enabled, int cookieThreshold, int cookieThresholdIp, int blockThreshold) {}

    /// Reads a file and what it includes.
    ///
    /// @throws SettingsException if it cannot be read or breaks the grammar
    public static StrongswanConf load(Path file) throws SettingsException {
        return of(SettingsParser.parse(file));
    }

    /// What a daemon of the name charon-systemd reads: its own section first, then `charon`.
    public static StrongswanConf of(SettingsTree tree) {
        SettingsSection charon = tree.firstOf("charon-systemd", "charon", "libstrongswan");
        Retransmission retransmission = retransmission(charon);
        return new StrongswanConf(
                retransmission,
                dosProtection(charon),
                new Admission(
                        count(charon, "init_limit_half_open", 0),
                        count(charon, "ikesa_limit", 0),
                        charon.bool("initiator_only", false),
                        count(charon, "keyferry.reconnect_limit", 300),
                        puzzles(charon)),
                seconds(charon, "half_open_timeout", 30),
                new Renewal(
                        charon.bool("make_before_break", true),
                        seconds(charon, "delete_rekeyed_delay", 5),
                        charon.bool("prefer_previous_dh_group", true)),
                children(charon),
                charon.time("keep_alive", Duration.ofSeconds(20)),
                paths(charon),
                fragmentSizes(charon),
                new SpiLabel(charon.bits("spi_label", 0), charon.bits("spi_mask", 0)),
                charon.bool("prefer_configured_proposals", true),
                charon.bool("accept_private_algs", false),
                charon.bool("send_vendor_id", false),
                within(charon, "replay_window", 32, 0, 4_096),
                within(charon, "host_resolver.max_threads", 3, 1, 1_000),
                SocketConf.of(charon),
                KernelConf.of(charon, retransmission),
                charon.text("plugins.vici.socket").orElse("unix:///var/run/charon.vici"),
                Logging.of(charon),
                Service.of(charon),
                RevocationConf.of(charon),
                RadiusConf.of(charon),
                TrustConf.of(charon),
                Pkcs11Conf.of(charon),
                ConfigPayloadConf.of(charon),
                LanConf.of(charon),
                Plugins.isLoaded(charon, "connmark"),
                EapConf.of(charon, tree.firstOf("charon-systemd.tls", "charon.tls", "libtls")),
                SimConf.of(charon));
    }

    private static ChildHandling children(SettingsSection charon) {
        return new ChildHandling(
                charon.bool("reuse_ikesa", true),
                charon.bool("inactivity_close_ike", false),
                charon.bool("close_ike_on_child_failure", false),
                charon.bool("ignore_acquire_ts", false),
                charon.time("retry_initiate_interval", Duration.ZERO),
                within(
                        charon,
                        "keyferry.children_limit",
                        ChildHandling.CHILDREN_LIMIT,
                        0,
                        1_000_000));
    }

    private static PathHandling paths(SettingsSection charon) {
        return new PathHandling(
                charon.time("keep_alive_dpd_margin", Duration.ZERO),
                charon.bool("keyferry.dpd_counts_esp", true),
                charon.bool("prefer_best_path", false),
                charon.bool("check_current_path", false),
                charon.time("keyferry.keep_alive_limit", keepAliveLimit(charon)),
                charon.bool("follow_redirects", true));
    }

    /// Whoever says how often keepalives are to be sent gets them so often.
    private static Duration keepAliveLimit(SettingsSection charon) {
        return charon.setting("keep_alive").isPresent()
                ? charon.time("keep_alive", PathHandling.KEEP_ALIVE_LIMIT)
                : PathHandling.KEEP_ALIVE_LIMIT;
    }

    /// Zero stands for what every host must take: 576 bytes, in IPv6 1,280.
    private static FragmentSizes fragmentSizes(SettingsSection charon) {
        int both = within(charon, "fragment_size", 1_280, 0, 0xffff);
        int v4 = within(charon, "fragment_size_v4", both, 0, 0xffff);
        int v6 = within(charon, "fragment_size_v6", both, 0, 0xffff);
        return new FragmentSizes(
                v4 == 0 ? 576 : v4, v6 == 0 ? 1_280 : v6, SocketConf.of(charon).maxPacket());
    }

    public StrongswanConf with(SocketConf others) {
        return new StrongswanConf(
                retransmission,
                dosProtection,
                admission,
                halfOpenTimeout,
                renewal,
                children,
                keepAlive,
                paths,
                fragmentSizes,
                spiLabel,
                preferConfiguredProposals,
                acceptPrivateAlgorithms,
                sendVendorId,
                replayWindow,
                hostResolverThreads,
                others,
                kernel,
                viciSocket,
                logging,
                service,
                revocation,
                radius,
                trust,
                pkcs11,
                configPayloads,
                lan,
                marksConnections,
                eap,
                sims);
    }

    private static Retransmission retransmission(SettingsSection charon) {
        double timeout = charon.number("retransmit_timeout", 4.0);
        double base = charon.number("retransmit_base", 1.8);
        return new Retransmission(
                Duration.ofMillis(Math.round((timeout > 0 && timeout < 1e6 ? timeout : 4.0) * 1e3)),
                base >= 1 && base <= 100 ? base : 1.8,
                within(charon, "retransmit_tries", 5, 0, 1_000),
                Math.min(count(charon, "retransmit_jitter", 0), 20),
                seconds(charon, "retransmit_limit", 0));
    }

    /// The block threshold is raised above that of cookies, which could never be reached otherwise.
    private static DosProtection dosProtection(SettingsSection charon) {
        int cookieIp = count(charon, "cookie_threshold_ip", 3);
        int block = count(charon, "block_threshold", 5);
        return new DosProtection(
                charon.bool("dos_protection", true),
                count(charon, "cookie_threshold", 30),
                cookieIp,
                block != 0 && block <= cookieIp ? cookieIp + 1 : block);
    }

    private static Puzzles puzzles(SettingsSection charon) {
        int threshold = within(charon, "keyferry.puzzle_threshold", 0, 0, 1_000_000);
        return new Puzzles(
                charon.bool("dos_protection", true) ? threshold : 0,
                within(charon, "keyferry.puzzle_bits", 16, 8, 24),
                within(charon, "keyferry.puzzle_limit", 20, 0, 32));
    }

    private static Duration seconds(SettingsSection charon, String key, int otherwise) {
        return Duration.ofSeconds(count(charon, key, otherwise));
    }

    static int count(SettingsSection charon, String key, int otherwise) {
        return within(charon, key, otherwise, 0, Integer.MAX_VALUE - 1);
    }

    static int within(SettingsSection charon, String key, int otherwise, int min, int max) {
        int value = charon.integer(key, otherwise);
        return value >= min && value <= max ? value : otherwise;
    }
}
