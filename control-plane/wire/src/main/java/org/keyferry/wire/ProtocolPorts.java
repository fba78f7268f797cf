package org.keyferry.wire;

import java.util.Locale;

/// The part of a traffic selector's text in brackets: `tcp`, `tcp/80`, `udp/1024-2048`,
/// `icmp/8(0)`.
public record ProtocolPorts(int ipProtocol, PortRange ports) {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    /// `tcp`, `tcp/80`, `udp/1024-2048`, `icmp/8`, `any/domain`: names of either case, or numbers.
    ///
    /// @throws IllegalArgumentException for an unknown name or a number out of range
    public static ProtocolPorts parse(String text) {
        int slash = text.indexOf('/');
        String protocol = (slash < 0 ? text : text.substring(0, slash)).strip();
        String port = slash < 0 ? "" : text.substring(slash + 1).strip();
        int ipProtocol = protocol(protocol);
        return new ProtocolPorts(ipProtocol, ports(port, ipProtocol));
    }

    public TrafficSelector over(AddressRange addresses) {
        return new TrafficSelector(ipProtocol, ports, addresses);
    }

    private static int protocol(String word) {
        if (isAnyWord(word)) {
            return 0;
        }
        int named = InternetNames.protocol(word.toLowerCase(Locale.ROOT));
        return named >= 0 ? named : number(word, 255, "IP protocol");
    }

    private static PortRange ports(String word, int ipProtocol) {
        if (isAnyWord(word)) {
            return PortRange.ANY;
        }
        if (word.equalsIgnoreCase("opaque")) {
            return PortRange.OPAQUE;
        }
        int named = InternetNames.port(word.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return PortRange.single(named);
        }
        int dash = word.indexOf('-');
        if (dash < 0) {
            return PortRange.single(port(word, ipProtocol));
        }
        return new PortRange(
                port(word.substring(0, dash).strip(), ipProtocol),
                port(word.substring(dash + 1).strip(), ipProtocol));
    }

    /// For ICMP a number below 256 is a type with code 0, a larger one `type << 8 | code`.
    private static int port(String digits, int ipProtocol) {
        int value = number(digits, 0xffff, "port");
        return isIcmp(ipProtocol) && value <= 0xff ? value << 8 : value;
    }

    private static boolean isIcmp(int ipProtocol) {
        return ipProtocol == ICMP || ipProtocol == ICMPV6;
    }

    private static boolean isAnyWord(String word) {
        return word.isEmpty() || word.equalsIgnoreCase("any") || word.equals("%any");
    }

    private static int number(String digits, int max, String what) {
        if (digits.matches("[0-9]{1,5}") && Integer.parseInt(digits) <= max) {
            return Integer.parseInt(digits);
        }
        throw new IllegalArgumentException("unknown " + what + " '" + digits + "'");
    }

    /// What follows the addresses of a selector: empty if both are any, else in brackets.
    public String suffix() {
        if (ipProtocol == 0 && ports.isAny()) {
            return "";
        }
        String protocol = InternetNames.protocolName(ipProtocol);
        return ports.isAny() ? "[" + protocol + "]" : "[" + protocol + "/" + portsText() + "]";
    }

    private String portsText() {
        if (ports.isOpaque()) {
            return "OPAQUE";
        }
        if (isIcmp(ipProtocol)) {
            String from = icmpText(ports.first());
            String to = icmpText(ports.last());
            return ports.first() == ports.last() ? from : from + "-" + to;
        }
        return ports.first() == ports.last()
                ? InternetNames.portName(ports.first(), ipProtocol)
                : ports.first() + "-" + ports.last();
    }

    /// `type`, and `(code)` unless it is 0.
    private static String icmpText(int port) {
        int code = port & 0xff;
        return code == 0 ? "" + (port >> 8) : (port >> 8) + "(" + code + ")";
    }
}
