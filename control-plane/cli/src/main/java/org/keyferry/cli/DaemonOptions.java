package org.keyferry.cli;

import java.time.Duration;
import org.keyferry.vici.ViciAddress;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Where the daemon listens.
final class DaemonOptions {
    @Option(
            names = "--uri",
            paramLabel = "URI",
            converter = AddressConverter.class,
            description =
                    "Socket of the daemon, unix://PATH or tcp://HOST:PORT (default:"
                            + " unix:///var/run/charon.vici).")
    private ViciAddress address = ViciAddress.DEFAULT;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description =
                    "Give up on a daemon that has not answered for that long (default: 60); what"
                            + " up and down wait for is their --timeout.")
    private int waitSeconds = 60;

    ViciClient connect() throws ViciException {
        return ViciClient.connect(address).answeringWithin(Duration.ofSeconds(waitSeconds));
    }

    /// Makes a wrong address wrong usage.
    static final class AddressConverter implements CommandLine.ITypeConverter<ViciAddress> {
        @Override
        public ViciAddress convert(String text) {
            try {
                return ViciAddress.parse(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }
}
