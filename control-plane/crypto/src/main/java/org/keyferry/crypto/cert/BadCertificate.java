package org.keyferry.crypto.cert;

/// Bytes that are no certificate, or one that nothing can be done with.
public final class BadCertificate extends Exception {
    private static final long serialVersionUID = 1;

    public BadCertificate(String message) {
        super(message);
    }
}
