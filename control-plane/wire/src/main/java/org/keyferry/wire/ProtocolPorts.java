package org.keyferry.wire;

import java.util.Locale;

/// The part of a traffic selector's text in brackets: `tcp`, `tcp/80`, `udp/1024-2048`,
/// `icmp/8(0)`.
record ProtocolPorts(int ipProtocol, PortRange ports) {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    static ProtocolPorts parse(String text) {
        int slash = text.indexOf('/');
        String protocol = (slash < 0 ? text : text.substring(0, slash)).strip();
        String port = slash < 0 ? "" : text.substring(slash + 1).strip();
        int ipProtocol = protocol(protocol);
        return new ProtocolPorts(ipProtocol, ports(port, ipProtocol));
    }

    TrafficSelector over(AddressRange addresses) {
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
        if (ipProtocol == ICMP || ipProtocol == ICMPV6) {
            return icmp(word);
        }
        int named = InternetNames.port(word.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return PortRange.single(named);
        }
        int dash = word.indexOf('-');
        if (dash < 0) {
            return PortRange.single(number(word, 0xffff, "port"));
        }
        return new PortRange(
                number(word.substring(0, dash).strip(), 0xffff, "port"),
                number(word.substring(dash + 1).strip(), 0xffff, "port"));
    }

    /// `type`, `type/code`, `type(code)`, or a range of these; a type alone means all its codes.
    private static PortRange icmp(String word) {
        int dash = word.indexOf('-');
        PortRange from = icmpOne(dash < 0 ? word : word.substring(0, dash).strip());
        PortRange to = dash < 0 ? from : icmpOne(word.substring(dash + 1).strip());
        return new PortRange(from.first(), to.last());
    }

    private static PortRange icmpOne(String word) {
        String plain = word.endsWith(")") ? word.substring(0, word.length() - 1) : word;
        int split = Math.max(plain.indexOf('/'), plain.indexOf('('));
        if (split < 0) {
            int type = number(plain, 255, "ICMP type");
            return new PortRange(type << 8, type << 8 | 0xff);
        }
        int type = number(plain.substring(0, split), 255, "ICMP type");
        return PortRange.single(type << 8 | number(plain.substring(split + 1), 255, "ICMP code"));
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

    /// Empty if both are any, else in brackets.
    String suffix() {
        if (ipProtocol == 0 && ports.isAny()) {
            return "";
        }
        String protocol = ipProtocol == 0 ? "any" : InternetNames.protocolName(ipProtocol);
        return ports.isAny() ? "[" + protocol + "]" : "[" + protocol + "/" + portsText() + "]";
    }

    private String portsText() {
        if (ports.isOpaque()) {
            return "OPAQUE";
        }
        if (ipProtocol == ICMP || ipProtocol == ICMPV6) {
            return icmpText();
        }
        return ports.first() == ports.last()
                ? InternetNames.portName(ports.first(), ipProtocol)
                : ports.first() + "-" + ports.last();
    }

    private String icmpText() {
        int firstType = ports.first() >> 8;
        int lastType = ports.last() >> 8;
        boolean allCodes = (ports.first() & 0xff) == 0 && (ports.last() & 0xff) == 0xff;
        if (allCodes) {
            return firstType == lastType ? "" + firstType : firstType + "-" + lastType;
        }
        String from = firstType + "(" + (ports.first() & 0xff) + ")";
        String to = lastType + "(" + (ports.last() & 0xff) + ")";
        return from.equals(to) ? from : from + "-" + to;
    }
}
