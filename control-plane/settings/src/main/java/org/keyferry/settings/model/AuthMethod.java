package org.keyferry.settings.model;

/// How one side proves its identity in an authentication round.
public enum AuthMethod {
    PSK,
    PUBKEY,
    EAP
}
