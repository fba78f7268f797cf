package org.keyferry.daemon.revocation;

/// Something could not be fetched. The message says why.
public final class FetchFailed extends Exception {
    private static final long serialVersionUID = 1;

    public FetchFailed(String message) {
        super(message, null, false, false);
    }
}
