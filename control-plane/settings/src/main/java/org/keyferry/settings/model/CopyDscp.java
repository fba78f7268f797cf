package org.keyferry.settings.model;

/// Directions in which DSCP is copied between inner and outer header.
public enum CopyDscp {
    NO,
    IN,
    OUT,
    YES
}
