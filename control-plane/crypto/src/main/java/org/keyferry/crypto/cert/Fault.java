package org.keyferry.crypto.cert;

/// What kind of thing is wrong with a certificate, or with the path to a trusted CA.
public enum Fault {
    REVOKED,
    EXPIRED,
    NO_ISSUER,
    PATH_TOO_LONG,
    /// Some other rule of RFC 5280 is broken.
    INVALID,
    /// It is in order, and yet not what is wanted here, or not proved.
    UNACCEPTABLE
}
