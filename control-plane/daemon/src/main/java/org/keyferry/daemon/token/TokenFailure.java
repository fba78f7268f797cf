package org.keyferry.daemon.token;

/// Why a token does not do what is asked of it. The message is for people and holds no secret.
final class TokenFailure extends Exception {
    private static final long serialVersionUID = 1;

    TokenFailure(String message) {
        super(message, null, false, false);
    }
}
