package org.keyferry.settings.model;

/// When an initiator sends IKE and ESP over TCP (RFC 9329).
///
/// @param port the peer's TCP port
public record TcpUse(When when, int port) {
    public static final int PORT = 4500;
    public static final TcpUse NEVER = new TcpUse(When.NO, PORT);

    public enum When {
        NO,
        /// Always.
        YES,
        /// Once UDP is not answered.
        FALLBACK
    }

    public boolean always() {
        return when == When.YES;
    }

    public boolean fallsBack() {
        return when == When.FALLBACK;
    }
}
