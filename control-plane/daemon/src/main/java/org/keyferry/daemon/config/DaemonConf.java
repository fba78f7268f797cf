package org.keyferry.daemon.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.log.LogLevels;
import org.keyferry.daemon.log.Loggers;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Spis;
import org.keyferry.settings.ConfCheck;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.Logging;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SettingsSection;
import org.keyferry.settings.SettingsTree;
import org.keyferry.settings.StrongswanConf;
import org.keyferry.settings.model.SpiLabel;
import org.keyferry.vici.ViciAddress;
import org.keyferry.wire.IpAddress;

/// strongswan.conf, and those options of `charon.keyferry` that charon does not have.
///
/// @param shards 1 to 256
/// @param inboxDatagrams that may wait for one shard
/// @param dataplane its name, if configured
/// @param listen own addresses to use instead of all
/// @param pidFile empty to put `charon.pid` beside the VICI socket
/// @param standardOutput levels of what goes to standard output, if configured
/// @param warnings what does not do what it says, a sentence each
/// @param notes what means nothing here, a sentence each
public record DaemonConf(
        StrongswanConf charon,
        int shards,
        int inboxDatagrams,
        Optional<String> dataplane,
        List<InetAddress> listen,
        Optional<Path> pidFile,
        Optional<LogLevels> standardOutput,
        List<String> warnings,
        List<String> notes) {
    private static final int MOST_SHARDS_BY_DEFAULT = 8;
    private static final int INBOX_DATAGRAMS = 1 << 14;
    private static final Path DEFAULT_PID_DIRECTORY = Path.of("/var/run");
    private static final String PID_FILE_NAME = "charon.pid";

    /// Reads it; without a file everything has its default.
    public static DaemonConf load(DaemonFiles files) throws SettingsException {
        Optional<Path> file = files.existingStrongswanConf();
        SettingsTree tree =
                file.isPresent()
                        ? SettingsParser.parse(file.get())
                        : SettingsParser.parse(Path.of("defaults"), new byte[0], FileSource.DISK);
        return of(tree, files);
    }

    private static DaemonConf of(SettingsTree tree, DaemonFiles files) {
        ConfCheck check = ConfCheck.of(tree);
        var warnings = new ArrayList<String>(check.warnings());
        SettingsSection own = tree.firstOf("charon-systemd.keyferry", "charon.keyferry");
        int processors = Runtime.getRuntime().availableProcessors();
        int wanted = own.integer("shards", Math.min(processors, MOST_SHARDS_BY_DEFAULT));
        StrongswanConf charon = StrongswanConf.of(tree);
        warnings.addAll(charon.radius().problems());
        int shards = shardsFor(Math.clamp(wanted, 1, Spis.MAX_SHARDS), charon.spiLabel(), warnings);
        if (charon.service().user().isPresent() || charon.service().group().isPresent()) {
            warnings.add(
                    "charon.user and charon.group: they get the VICI socket, the daemon itself"
                            + " stays the user that it was started as");
        }
        return new DaemonConf(
                charon,
                shards,
                Math.clamp(own.integer("inbox", INBOX_DATAGRAMS), 2, 1 << 20),
                files.dataplane().or(() -> own.text("dataplane")),
                addresses(own.text("listen").orElse(""), warnings),
                own.text("pidfile").map(Path::of),
                own.section("stdout").map(DaemonConf::levels),
                List.copyOf(warnings),
                check.notes());
    }

    /// A label of SPIs that takes the bits of the shards' numbers leaves room for one shard.
    private static int shardsFor(int wanted, SpiLabel label, List<String> warnings) {
        if (Spis.admits(label, wanted)) {
            return wanted;
        }
        if (Spis.admits(label, 1)) {
            warnings.add(
                    "charon.spi_mask covers the bits that tell shards apart: serving with one");
            return 1;
        }
        warnings.add("charon.spi_mask leaves too few bits of an SPI to chance: it has no effect");
        return wanted;
    }

    /// With ports for those that strongswan.conf leaves open.
    public DaemonConf withPorts(int ike, int natT) {
        return new DaemonConf(
                charon.with(charon.sockets().withPorts(ike, natT)),
                shards,
                inboxDatagrams,
                dataplane,
                listen,
                pidFile,
                standardOutput,
                warnings,
                notes);
    }

    private static List<InetAddress> addresses(String text, List<String> warnings) {
        var addresses = new ArrayList<InetAddress>();
        for (String entry : text.split("[, ]+", -1)) {
            if (entry.isEmpty()) {
                continue;
            }
            try {
                addresses.add(IpAddress.parse(entry).toInetAddress());
            } catch (IllegalArgumentException e) {
                warnings.add("charon.keyferry.listen: " + e.getMessage());
            }
        }
        return List.copyOf(addresses);
    }

    private static LogLevels levels(SettingsSection stdout) {
        Map<String, Integer> differing = new LinkedHashMap<>();
        int level = stdout.integer("default", 1);
        for (String group : Logging.GROUPS) {
            differing.put(group, stdout.integer(group, level));
        }
        return LogLevels.of(new Logging.Levels(level, differing));
    }

    /// Opens what is logged to.
    public Loggers loggers() {
        return Loggers.open(charon.logging(), standardOutput, Loggers.Sockets.ofHost());
    }

    public ViciAddress viciAddress() {
        return ViciAddress.parse(charon.viciSocket());
    }

    /// Where the process id is written to.
    public Path pidFileOrDefault() {
        return pidFile.orElseGet(
                () ->
                        viciAddress() instanceof ViciAddress.Unix(Path socket)
                                ? socket.toAbsolutePath().resolveSibling(PID_FILE_NAME)
                                : DEFAULT_PID_DIRECTORY.resolve(PID_FILE_NAME));
    }

    /// @param logLevel above which lines need not be made
    public EngineSettings engineSettings(int logLevel) {
        var retransmission = charon.retransmission();
        var dos = charon.dosProtection();
        return new EngineSettings(
                retransmission.timeout(),
                retransmission.base(),
                retransmission.tries(),
                retransmission.jitterPercent(),
                retransmission.limit(),
                charon.halfOpenTimeout(),
                dos.enabled() ? dos.cookieThreshold() : 0,
                dos.enabled() ? dos.cookieThresholdIp() : 0,
                dos.enabled() ? dos.blockThreshold() : 0,
                charon.keepAlive(),
                charon.preferConfiguredProposals(),
                charon.acceptPrivateAlgorithms(),
                charon.sockets().port(),
                charon.sockets().portNatT(),
                logLevel,
                charon.admission(),
                charon.children(),
                charon.renewal(),
                charon.paths(),
                charon.fragmentSizes(),
                Spis.admits(charon.spiLabel(), shards) ? charon.spiLabel() : SpiLabel.NONE,
                charon.sendVendorId(),
                charon.eap());
    }
}
