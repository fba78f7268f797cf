package org.keyferry.wire;

import java.util.Map;

/// What the SPI and data of a Notify must look like, one row per type that fixes them. Types
/// without a row carry what they like; so do those that carry no data, which is ignored if sent.
final class NotifyRules {
    private record Rule(boolean needsSpi, int minDataBytes, int maxDataBytes) {}

    private static final int ANY_LENGTH = 0xffff;
    private static final int SHA1_BYTES = 20;

    private static final Map<Integer, Rule> RULES =
            Map.ofEntries(
                    row(NotifyType.INVALID_KE_PAYLOAD, 2, 2),
                    row(NotifyType.SET_WINDOW_SIZE, 4, 4),
                    row(NotifyType.IPCOMP_SUPPORTED, 3, 3),
                    row(NotifyType.NAT_DETECTION_SOURCE_IP, SHA1_BYTES, SHA1_BYTES),
                    row(NotifyType.NAT_DETECTION_DESTINATION_IP, SHA1_BYTES, SHA1_BYTES),
                    row(NotifyType.COOKIE, 1, 64),
                    Map.entry(NotifyType.REKEY_SA, new Rule(true, 0, ANY_LENGTH)),
                    row(NotifyType.ADDITIONAL_IP4_ADDRESS, 4, 4),
                    row(NotifyType.ADDITIONAL_IP6_ADDRESS, 16, 16),
                    row(NotifyType.COOKIE2, 8, 64),
                    row(NotifyType.AUTH_LIFETIME, 4, 4),
                    row(NotifyType.PUZZLE, 3, 3));

    private NotifyRules() {}

    static boolean allows(int notifyType, Bytes spi, int dataBytes) {
        Rule rule = RULES.get(notifyType);
        if (rule == null) {
            return true;
        }
        return (!rule.needsSpi || !spi.isEmpty())
                && dataBytes >= rule.minDataBytes
                && dataBytes <= rule.maxDataBytes;
    }

    private static Map.Entry<Integer, Rule> row(int notifyType, int minBytes, int maxBytes) {
        return Map.entry(notifyType, new Rule(false, minBytes, maxBytes));
    }
}
