package org.keyferry.vici;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// Where a VICI server listens. Over TCP whoever reaches the port commands the daemon; a Unix
/// socket is guarded by its file's permissions.
public sealed interface ViciAddress {
    /// charon's default, and ours.
    ViciAddress DEFAULT = new Unix(Path.of("/var/run/charon.vici"));

    record Unix(Path path) implements ViciAddress {
        @Override
        public SocketAddress toSocketAddress() {
            return UnixDomainSocketAddress.of(path);
        }

        @Override
        public StandardProtocolFamily family() {
            return StandardProtocolFamily.UNIX;
        }

        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    record Tcp(String host, int port) implements ViciAddress {
        public Tcp {
            if (host.isEmpty() || port < 0 || port > 65_535) {
                throw new IllegalArgumentException("no TCP address: " + host + ":" + port);
            }
        }

        @Override
        public SocketAddress toSocketAddress() {
            return new InetSocketAddress(host, port);
        }

        @Override
        public StandardProtocolFamily family() {
            return host.contains(":") ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        }

        @Override
        public String toString() {
            return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    SocketAddress toSocketAddress();

    StandardProtocolFamily family();

    /// Reads `unix:///var/run/charon.vici`, `tcp://host:port`, `tcp://[::1]:port` or a bare path.
    ///
    /// @throws IllegalArgumentException for anything else, naming it
    static ViciAddress parse(String uri) {
        if (uri.startsWith("unix://") && uri.length() > 7) {
            return new Unix(Path.of(uri.substring(7)));
        }
        if (uri.startsWith("tcp://")) {
            return parseTcp(uri);
        }
        if (uri.isEmpty() || uri.contains("://")) {
            throw new IllegalArgumentException(
                    "not a VICI address (unix://path or tcp://host:port): " + uri);
        }
        return new Unix(Path.of(uri));
    }

    private static ViciAddress parseTcp(String uri) {
        String rest = uri.substring(6);
        int colon = rest.lastIndexOf(':');
        boolean bracketed = rest.startsWith("[") && colon > 0 && rest.charAt(colon - 1) == ']';
        try {
            return new Tcp(
                    bracketed ? rest.substring(1, colon - 1) : rest.substring(0, colon),
                    Integer.parseInt(rest.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            throw new IllegalArgumentException("no host and port in VICI address: " + uri);
        }
    }
}
