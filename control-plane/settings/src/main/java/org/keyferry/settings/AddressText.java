package org.keyferry.settings;

import java.util.Locale;
import java.util.regex.Pattern;
import org.keyferry.settings.ValueKinds.Unsupported;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// Endpoint addresses, traffic selectors and identities of a connection.
final class AddressText {
    private static final Pattern HOST_NAME =
            Pattern.compile("(?:[A-Za-z0-9_-]{1,63}\\.)*[A-Za-z0-9_-]{1,63}\\.?");
    private static final Pattern NUMERIC_LAST_LABEL = Pattern.compile("(?:.*\\.)?[0-9]+\\.?");
    private static final int MAX_HOST_NAME = 253;

    /// Identities that are regular expressions, such as `fqdn:^gw[0-9]+$`.
    private static final Pattern REGEX_IDENTITY =
            Pattern.compile("(?i)(?:rfc822|email|userfqdn|fqdn|dns|asn1dn):\\^.*\\$");

    private AddressText() {}

    /// `%any`, an address, a subnet, a range or a DNS name.
    static AddressSpec address(String text) {
        return switch (text) {
            case "%any", "0.0.0.0", "::" -> new AddressSpec.Any();
            case "%any4" -> new AddressSpec.Range(AddressRange.ALL_V4);
            case "%any6" -> new AddressSpec.Range(AddressRange.ALL_V6);
            default ->
                    isHostName(text)
                            ? new AddressSpec.HostName(text)
                            : new AddressSpec.Range(range(text));
        };
    }

    /// An address to ask for; `0.0.0.0`, `::`, `%any`, `%any4` and `%any6` ask for any.
    static IpAddress virtualAddress(String text) {
        try {
            return switch (text) {
                case "%any", "%any4" -> IpAddress.ANY_V4;
                case "%any6" -> IpAddress.ANY_V6;
                default -> IpAddress.parse(text);
            };
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("'" + text + "' is no address");
        }
    }

    private static boolean isHostName(String text) {
        return text.length() <= MAX_HOST_NAME
                && HOST_NAME.matcher(text).matches()
                && !NUMERIC_LAST_LABEL.matcher(text).matches();
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("'" + text + "' is no address, range or host name");
        }
    }

    /// `10.1.0.0/16`, `10.0.0.1-10.0.0.9` or `dynamic`, each with `[protocol/port]` if wanted.
    static TsSpec selector(String text) {
        String suffix = text.substring(dynamicLength(text)).strip();
        boolean dynamic = dynamicLength(text) > 0 && (suffix.isEmpty() || suffix.startsWith("["));
        try {
            if (!dynamic) return new TsSpec.Fixed(TrafficSelector.parse(text));
            TrafficSelector any = TrafficSelector.parse("0.0.0.0/0" + suffix);
            return new TsSpec.Dynamic(any.ipProtocol(), any.ports());
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("'" + text + "' is no traffic selector");
        }
    }

    private static int dynamicLength(String text) {
        boolean there = text.toLowerCase(Locale.ROOT).startsWith("dynamic");
        return there ? "dynamic".length() : 0;
    }

    static Identification identity(String text) {
        if (REGEX_IDENTITY.matcher(text).matches())
            throw new Unsupported("regular expressions in identities are not supported yet");
        try {
            return Identification.parse(text);
        } catch (IllegalArgumentException failure) {
            throw new IllegalArgumentException("'" + text + "' is no identity", failure);
        }
    }
}
