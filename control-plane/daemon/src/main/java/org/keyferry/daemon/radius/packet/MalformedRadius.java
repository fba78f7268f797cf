package org.keyferry.daemon.radius.packet;

/// What arrived is no RADIUS packet, or not an authentic one. Has no stack trace: junk stays cheap.
public final class MalformedRadius extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedRadius(String message) {
        super(message, null, false, false);
    }
}
