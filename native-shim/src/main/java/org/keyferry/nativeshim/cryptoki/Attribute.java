package org.keyferry.nativeshim.cryptoki;

/// Attributes of objects, and what they hold.
public final class Attribute {
    public static final long CLASS = 0x0;
    public static final long TOKEN = 0x1;
    public static final long VALUE = 0x11;
    public static final long CERTIFICATE_TYPE = 0x80;
    public static final long TRUSTED = 0x86;
    public static final long KEY_TYPE = 0x100;
    public static final long ID = 0x102;
    public static final long MODULUS = 0x120;
    public static final long PUBLIC_EXPONENT = 0x122;
    public static final long EC_PARAMS = 0x180;
    public static final long EC_POINT = 0x181;
    public static final long ALWAYS_AUTHENTICATE = 0x202;

    public static final long CERTIFICATE = 1;
    public static final long PUBLIC_KEY = 2;
    public static final long PRIVATE_KEY = 3;

    public static final long X509 = 0;

    public static final long RSA = 0x0;
    public static final long EC = 0x3;
    public static final long EC_EDWARDS = 0x40;

    private Attribute() {}
}
