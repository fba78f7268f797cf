package org.keyferry.engine.eap.sim;

/// Codes of AT_CLIENT_ERROR_CODE (RFC 4186 §10.19).
final class ClientErrors {
    static final int UNABLE = 0;
    static final int VERSION = 1;
    static final int TOO_FEW_CHALLENGES = 2;
    static final int STALE_CHALLENGES = 3;

    static String text(int code) {
        return switch (code) {
            case UNABLE -> "it is unable to process the packet";
            case VERSION -> "it has no version in common";
            case TOO_FEW_CHALLENGES -> "it wants more challenges";
            case STALE_CHALLENGES -> "the challenges are not fresh";
            default -> "error " + code;
        };
    }

    private ClientErrors() {}
}
