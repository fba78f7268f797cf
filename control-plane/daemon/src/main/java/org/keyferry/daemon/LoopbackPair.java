package org.keyferry.daemon;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.daemon.config.DaemonFiles;
import org.keyferry.settings.SettingsException;
import org.keyferry.vici.ViciAddress;

/// Two daemons in this process, on 127.0.0.1 and 127.0.0.2 with high ports, whose dataplane
/// installs nothing: for rehearsals that need no rights and change nothing on the host.
///
/// Each has a connection `peer` to the other, with a child `net`.
public final class LoopbackPair implements AutoCloseable {
    /// One of the two.
    public record Side(Path directory, Daemon daemon) {
        public ViciAddress vici() {
            return new ViciAddress.Unix(directory.resolve("charon.vici"));
        }

        /// Directory of its swanctl.conf.
        public Path swanctlDir() {
            return directory.resolve("swanctl");
        }
    }

    private final Path root;
    private final List<Side> sides = new ArrayList<>();

    private LoopbackPair(Path root) {
        this.root = root;
    }

    /// @param logLevel of standard output, -1 for silence
    public static LoopbackPair start(int logLevel) throws IOException, SettingsException {
        var pair = new LoopbackPair(Files.createTempDirectory("keyferry"));
        boolean started = false;
        try {
            int port = freePort(0);
            int natTPort = freePort(port);
            pair.start("left", "right", 1, 2, port, natTPort, logLevel);
            pair.start("right", "left", 2, 1, port, natTPort, logLevel);
            started = true;
            return pair;
        } finally {
            if (!started) {
                pair.close();
            }
        }
    }

    private void start(
            String name, String peer, int number, int peerNumber, int port, int natT, int logLevel)
            throws IOException, SettingsException {
        String own = "127.0.0." + number;
        Path directory = Files.createDirectory(root.resolve(name));
        Path swanctl = Files.createDirectory(directory.resolve("swanctl"));
        Path conf =
                Files.writeString(
                        directory.resolve("strongswan.conf"),
                        strongswanConf(directory, own, port, natT, logLevel));
        Files.writeString(
                swanctl.resolve("swanctl.conf"), swanctlConf(name, number, peer, peerNumber, port));
        var files = new DaemonFiles(Optional.of(conf), swanctl, Optional.empty());
        sides.add(new Side(directory, Daemon.start(files)));
    }

    private static String strongswanConf(
            Path directory, String own, int port, int natT, int logLevel) {
        return """
        charon {
          port = %d
          port_nat_t = %d
          dos_protection = no
          plugins { vici { socket = unix://%s } }
          keyferry {
            dataplane = null
            crash_detection = no
            listen = %s
            stdout { default = %d }
          }
        }
        """
                .formatted(port, natT, directory.resolve("charon.vici"), own, logLevel);
    }

    private static String swanctlConf(
            String name, int number, String peer, int peerNumber, int port) {
        return """
        connections {
          peer {
            local_addrs = 127.0.0.%2$d
            remote_addrs = 127.0.0.%4$d
            remote_port = %5$d
            local { auth = psk
              id = %1$s.example.org }
            remote { auth = psk
              id = %3$s.example.org }
            children {
              net { local_ts = 10.%2$d.0.0/16
                remote_ts = 10.%4$d.0.0/16 }
            }
          }
        }
        secrets {
          ike-pair { id-1 = %1$s.example.org
            id-2 = %3$s.example.org
            secret = "heard by nobody else" }
        }
        """
                .formatted(name, number, peer, peerNumber, port);
    }

    /// A UDP port that is free on both addresses, other than `not`.
    private static int freePort(int not) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try (var left = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
                    var _ =
                            new DatagramSocket(
                                    left.getLocalPort(), InetAddress.ofLiteral("127.0.0.2"))) {
                if (left.getLocalPort() != not) {
                    return left.getLocalPort();
                }
            } catch (IOException _) {
                // taken on the second address
            }
        }
        throw new IOException("no UDP port is free on 127.0.0.1 and 127.0.0.2");
    }

    public Side left() {
        return sides.getFirst();
    }

    public Side right() {
        return sides.getLast();
    }

    @Override
    public void close() throws IOException {
        for (Side side : sides) {
            side.daemon().close();
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
