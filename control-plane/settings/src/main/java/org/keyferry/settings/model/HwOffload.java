package org.keyferry.settings.model;

/// What a network device should do of IPsec.
public enum HwOffload {
    NO,
    /// The device encrypts; the kernel does the rest.
    CRYPTO,
    /// The device does all of it, policies included.
    PACKET,
    /// As much as the device can.
    AUTO
}
