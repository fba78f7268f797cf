package org.keyferry.wire;

import java.util.Map;
import java.util.Optional;

/// What an EAP request asks for, or a response answers (RFC 3748 §5).
///
/// @param vendor SMI number of who defined it; 0 for the IETF
/// @param number within the vendor's types
public record EapType(int vendor, int number) {
    /// Types above are 254, which stands before a vendor's type, and one for experiments.
    static final int EXPANDED_NUMBER = 254;

    public static final EapType IDENTITY = ietf(1);
    public static final EapType NOTIFICATION = ietf(2);

    /// A response only; an Expanded Nak is read as one.
    public static final EapType NAK = ietf(3);

    public static final EapType MD5 = ietf(4);
    public static final EapType GTC = ietf(6);
    public static final EapType TLS = ietf(13);
    public static final EapType SIM = ietf(18);
    public static final EapType TTLS = ietf(21);
    public static final EapType AKA = ietf(23);
    public static final EapType PEAP = ietf(25);
    public static final EapType MSCHAPV2 = ietf(26);
    public static final EapType AKA_PRIME = ietf(50);

    /// Microsoft's TLV that ends the inner conversation of PEAP.
    public static final EapType MS_TLV = ietf(33);

    /// No type: in Success and Failure.
    public static final EapType NONE = ietf(0);

    private static final Map<EapType, String> NAMES =
            Map.ofEntries(
                    Map.entry(IDENTITY, "EAP_IDENTITY"),
                    Map.entry(NOTIFICATION, "EAP_NOTIFICATION"),
                    Map.entry(NAK, "EAP_NAK"),
                    Map.entry(MD5, "EAP_MD5"),
                    Map.entry(ietf(5), "EAP_OTP"),
                    Map.entry(GTC, "EAP_GTC"),
                    Map.entry(TLS, "EAP_TLS"),
                    Map.entry(SIM, "EAP_SIM"),
                    Map.entry(TTLS, "EAP_TTLS"),
                    Map.entry(AKA, "EAP_AKA"),
                    Map.entry(PEAP, "EAP_PEAP"),
                    Map.entry(MSCHAPV2, "EAP_MSCHAPV2"),
                    Map.entry(MS_TLV, "EAP_MSTLV"),
                    Map.entry(ietf(38), "EAP_TNC"),
                    Map.entry(AKA_PRIME, "EAP_AKA_PRIME"),
                    Map.entry(ietf(54), "EAP_PT_EAP"));

    public EapType {
        if (vendor < 0 || vendor > 0xff_ffff) {
            throw new IllegalArgumentException("EAP vendor " + vendor);
        }
    }

    public static EapType ietf(int number) {
        return new EapType(0, number);
    }

    /// Whether it fits the one byte of an ordinary packet.
    boolean isLegacy() {
        return vendor == 0 && number >= 0 && number < EXPANDED_NUMBER;
    }

    /// charon's name, such as `EAP_MD5`, if it has one.
    public Optional<String> name() {
        return Optional.ofNullable(NAMES.get(this));
    }

    @Override
    public String toString() {
        return name().orElseGet(
                        () ->
                                vendor == 0
                                        ? "EAP_" + Integer.toUnsignedString(number)
                                        : "EAP_%s-%d"
                                                .formatted(
                                                        Integer.toUnsignedString(number), vendor));
    }
}
