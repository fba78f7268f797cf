package org.keyferry.daemon.policies;

/// A trap or a shunt cannot be installed; the message says why.
public final class NotInstalled extends Exception {
    private static final long serialVersionUID = 1;

    NotInstalled(String message) {
        super(message);
    }
}
