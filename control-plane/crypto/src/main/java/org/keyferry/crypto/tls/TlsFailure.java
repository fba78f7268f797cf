package org.keyferry.crypto.tls;

/// A handshake or a record went wrong; the connection is over.
public final class TlsFailure extends Exception {
    private static final long serialVersionUID = 1;

    public TlsFailure(String why) {
        super(why, null, false, false);
    }
}
