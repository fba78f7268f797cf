package org.keyferry.engine.eap.sim;

/// Codes of AT_NOTIFICATION (RFC 4186 §10.18).
final class Notifications {
    static String text(int code) {
        return switch (code) {
            case 0 -> "server notifies of a failure after our proof";
            case 1_026 -> "server notifies: access is denied for the time being";
            case 1_031 -> "server notifies: the service is not subscribed to";
            case 16_384 -> "server notifies of a failure";
            default -> "server notifies of failure %d".formatted(code);
        };
    }

    private Notifications() {}
}
