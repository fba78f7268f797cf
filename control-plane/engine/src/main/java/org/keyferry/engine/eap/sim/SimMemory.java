package org.keyferry.engine.eap.sim;

import org.keyferry.engine.Configuration;

/// What is kept of logins with cards that succeeded: identities for next time, and the keys of fast
/// re-authentication. In memory only. Safe for any thread.
public final class SimMemory {
    private final GivenIdentities given = new GivenIdentities();
    private final LearnedIdentities learned = new LearnedIdentities();

    /// As server.
    public GivenIdentities given() {
        return given;
    }

    /// As client.
    public LearnedIdentities learned() {
        return learned;
    }

    /// Wipes what belongs to connections that are not there any more, or do not ask for the same
    /// any more.
    public void retain(Configuration configuration) {
        given.retain(configuration);
        learned.retain(configuration);
    }
}
