package org.keyferry.engine.eap.sim;

/// There is no card or network to ask about a subscriber, or it cannot answer.
public final class NoSim extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean unknown;

    private NoSim(String why, boolean unknown) {
        super(why, null, false, false);
        this.unknown = unknown;
    }

    /// @param why for the log
    public static NoSim failed(String why) {
        return new NoSim(why, false);
    }

    /// Nobody knows the subscriber by this name.
    public static NoSim unknown(SimUser user) {
        return new NoSim("no credentials for %s of '%s'".formatted(user.method(), user), true);
    }

    /// Another name, or another place to ask, may help.
    public boolean isUnknown() {
        return unknown;
    }
}
