package org.keyferry.settings;

import java.nio.file.Path;
import java.time.Duration;

/// The options of strongswan.conf that the daemon honours. Values that cannot be read, or lie
/// outside of their range, count as not set.
///
/// @param initLimitHalfOpen half-open IKE SAs from which initial requests are dropped; 0 is no
///   limit
/// @param ikeSaLimit established IKE SAs from which initial requests are refused; 0 is no limit
/// @param fragmentSizeV4 largest IP packet in bytes, headers included; 0 means 576
/// @param fragmentSizeV6 as `fragmentSizeV4`; 0 means 1280
/// @param maxPacket largest accepted IKE datagram in bytes
/// @param keepAlive interval of NAT keepalives, zero is off
/// @param spiMin unsigned, as `spiMax`
/// @param viciSocket URI, `unix://path` or `tcp://host:port`
public record StrongswanConf(
        Retransmission retransmission,
        int port,
        int portNatT,
        DosProtection dosProtection,
        int initLimitHalfOpen,
        int ikeSaLimit,
        Duration halfOpenTimeout,
        Duration deleteRekeyedDelay,
        boolean preferConfiguredProposals,
        boolean acceptPrivateAlgorithms,
        boolean sendVendorId,
        int fragmentSizeV4,
        int fragmentSizeV6,
        int maxPacket,
        Duration keepAlive,
        int replayWindow,
        int reqidBase,
        int spiMin,
        int spiMax,
        Routes routes,
        String viciSocket,
        Logging logging,
        Service service) {

    /// Timing of requests: try `n` counted from 0 waits `timeout × base^n`, at most `limit` if that
    /// is not zero, less a random part of up to `jitterPercent`.
    ///
    /// @param tries retransmissions before giving up
    /// @param jitterPercent 0 to 20
    public record Retransmission(
            Duration timeout, double base, int tries, int jitterPercent, Duration limit) {}

    /// Counts of half-open IKE SAs from which cookies are required, in all and of one address, and
    /// from which an address is ignored; 0 switches each off.
    public record DosProtection(
            boolean enabled, int cookieThreshold, int cookieThresholdIp, int blockThreshold) {}

    /// Routes of CHILD_SAs in a table of their own, found by a rule of the given priority.
    public record Routes(boolean install, int table, int rulePriority) {}

    /// Reads a file and what it includes.
    ///
    /// @throws SettingsException if it cannot be read or breaks the grammar
    public static StrongswanConf load(Path file) throws SettingsException {
        return of(SettingsParser.parse(file));
    }

    /// What a daemon of the name charon-systemd reads: its own section first, then `charon`.
    public static StrongswanConf of(SettingsTree tree) {
        SettingsSection charon = tree.firstOf("charon-systemd", "charon", "libstrongswan");
        int fragmentSize = within(charon, "fragment_size", 1_280, 0, 0xffff);
        return new StrongswanConf(
                retransmission(charon),
                within(charon, "port", 500, 0, 0xffff),
                within(charon, "port_nat_t", 4_500, 0, 0xffff),
                dosProtection(charon),
                count(charon, "init_limit_half_open", 0),
                count(charon, "ikesa_limit", 0),
                seconds(charon, "half_open_timeout", 30),
                seconds(charon, "delete_rekeyed_delay", 5),
                charon.bool("prefer_configured_proposals", true),
                charon.bool("accept_private_algs", false),
                charon.bool("send_vendor_id", false),
                within(charon, "fragment_size_v4", fragmentSize, 0, 0xffff),
                within(charon, "fragment_size_v6", fragmentSize, 0, 0xffff),
                within(charon, "max_packet", 10_000, 28, 0xffff),
                charon.time("keep_alive", Duration.ofSeconds(20)),
                within(charon, "replay_window", 32, 0, 4_096),
                within(charon, "reqid_base", 1, 1, Integer.MAX_VALUE),
                charon.integer("spi_min", 0xc000_0000),
                charon.integer("spi_max", 0xcfff_ffff),
                new Routes(
                        charon.bool("install_routes", true),
                        count(charon, "routing_table", 220),
                        count(charon, "routing_table_prio", 220)),
                charon.text("plugins.vici.socket").orElse("unix:///var/run/charon.vici"),
                Logging.of(charon),
                Service.of(charon));
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

    private static Duration seconds(SettingsSection charon, String key, int otherwise) {
        return Duration.ofSeconds(count(charon, key, otherwise));
    }

    private static int count(SettingsSection charon, String key, int otherwise) {
        return within(charon, key, otherwise, 0, Integer.MAX_VALUE - 1);
    }

    private static int within(SettingsSection charon, String key, int otherwise, int min, int max) {
        int value = charon.integer(key, otherwise);
        return value >= min && value <= max ? value : otherwise;
    }
}
