package org.keyferry.daemon.creds;

/// A credential that cannot be taken. The message is for the client who loads it and never holds
/// any of its content.
public final class CredentialRefused extends Exception {
    private static final long serialVersionUID = 1;

    public CredentialRefused(String message) {
        super(message, null, false, false);
    }
}
