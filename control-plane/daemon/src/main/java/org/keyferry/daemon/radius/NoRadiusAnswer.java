package org.keyferry.daemon.radius;

/// No server answered a request. Has no stack trace: a dead server may fail thousands.
public final class NoRadiusAnswer extends Exception {
    private static final long serialVersionUID = 1;

    NoRadiusAnswer(String message) {
        super(message, null, false, false);
    }
}
