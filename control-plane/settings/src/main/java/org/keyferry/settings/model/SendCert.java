package org.keyferry.settings.model;

/// When own certificates are sent.
public enum SendCert {
    ALWAYS,
    IFASKED,
    NEVER
}
