package org.keyferry.settings.model;

/// Whether answers of OCSP responders travel in IKE messages (RFC 4806).
public enum OcspExchange {
    /// The peer gets one about our certificates if it asks.
    REPLY,
    /// The peer is asked for one about its certificates.
    REQUEST,
    BOTH,
    NEVER;

    public boolean replies() {
        return this == REPLY || this == BOTH;
    }

    public boolean requests() {
        return this == REQUEST || this == BOTH;
    }
}
