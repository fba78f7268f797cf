package org.keyferry.daemon.lan;

/// What came from the network is not what it should be.
final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    /// @param what a sentence
    Malformed(String what) {
        super(what, null, false, false); // from anybody, so it has to be cheap
    }
}
