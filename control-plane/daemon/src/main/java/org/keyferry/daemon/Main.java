package org.keyferry.daemon;

import java.io.IOException;
import org.keyferry.daemon.config.DaemonFiles;
import org.keyferry.daemon.service.Privileges;
import org.keyferry.daemon.service.ServiceManager;
import org.keyferry.daemon.service.Supervision;
import org.keyferry.settings.SettingsException;

/// `keyferryd`: stays in the foreground until SIGTERM or SIGINT; SIGHUP reloads the configuration.
public final class Main {
    private static final String USAGE =
            """
            usage: keyferryd [--version | --help]

            The IKE daemon. Stays in the foreground; SIGTERM ends it, SIGHUP reloads its files.
            STRONGSWAN_CONF names strongswan.conf (/etc/strongswan.conf), SWANCTL_DIR the directory
            of swanctl.conf (/etc/swanctl).
            """;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /// @return the exit status
    private static int run(String[] args) {
        switch (args.length == 0 ? "" : args[0]) {
            case "" -> {
                return serve();
            }
            case "--version" -> System.out.println("keyferryd " + Version.TEXT);
            case "--help", "-h" -> System.out.print(USAGE);
            case "--train" -> {
                return Training.run();
            }
            default -> {
                System.err.print("keyferryd: unknown option " + args[0] + "\n" + USAGE);
                return 2;
            }
        }
        return 0;
    }

    private static int serve() {
        Signals signals = Signals.catching("TERM", "INT", "HUP");
        try (var manager = ServiceManager.of(System.getenv())) {
            manager.status("starting keyferryd, Keyferry " + Version.TEXT);
            try (Daemon daemon = start();
                    var supervision = Supervision.of(daemon, manager)) {
                while (signals.next().equals("HUP")) {
                    supervision.reload();
                }
                return 0;
            } catch (SettingsException | IOException e) {
                System.err.println("keyferryd: " + e.getMessage());
                manager.status("failed: " + e.getMessage());
                return 1;
            }
        }
    }

    private static Daemon start() throws SettingsException, IOException {
        try (var privileges = Privileges.confine()) {
            return Daemon.start(DaemonFiles.of(System.getenv()), privileges);
        }
    }
}
