package org.keyferry.wire;

import java.util.Map;
import java.util.stream.Collectors;

/// Names of IP protocols and ports that selectors are written with: the common rows of the
/// protocols and services databases, in their spelling.
final class InternetNames {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private static final Map<String, Integer> PROTOCOLS =
            Map.ofEntries(
                    Map.entry("icmp", 1),
                    Map.entry("igmp", 2),
                    Map.entry("ipencap", 4),
                    Map.entry("tcp", TCP),
                    Map.entry("egp", 8),
                    Map.entry("igp", 9),
                    Map.entry("udp", UDP),
                    Map.entry("dccp", 33),
                    Map.entry("ipv6", 41),
                    Map.entry("ipv6-route", 43),
                    Map.entry("ipv6-frag", 44),
                    Map.entry("rsvp", 46),
                    Map.entry("gre", 47),
                    Map.entry("esp", 50),
                    Map.entry("ah", 51),
                    Map.entry("ipv6-icmp", 58),
                    Map.entry("ipv6-nonxt", 59),
                    Map.entry("ipv6-opts", 60),
                    Map.entry("eigrp", 88),
                    Map.entry("ospf", 89),
                    Map.entry("ipip", 94),
                    Map.entry("etherip", 97),
                    Map.entry("pim", 103),
                    Map.entry("ipcomp", 108),
                    Map.entry("vrrp", 112),
                    Map.entry("l2tp", 115),
                    Map.entry("isis", 124),
                    Map.entry("sctp", 132),
                    Map.entry("udplite", 136),
                    Map.entry("mpls-in-ip", 137),
                    Map.entry("wesp", 141));

    private static final Map<String, Integer> PORTS =
            Map.ofEntries(
                    Map.entry("ftp-data", 20),
                    Map.entry("ftp", 21),
                    Map.entry("ssh", 22),
                    Map.entry("telnet", 23),
                    Map.entry("smtp", 25),
                    Map.entry("domain", 53),
                    Map.entry("bootps", 67),
                    Map.entry("bootpc", 68),
                    Map.entry("tftp", 69),
                    Map.entry("http", 80),
                    Map.entry("kerberos", 88),
                    Map.entry("pop3", 110),
                    Map.entry("sunrpc", 111),
                    Map.entry("ntp", 123),
                    Map.entry("imap2", 143),
                    Map.entry("snmp", 161),
                    Map.entry("snmp-trap", 162),
                    Map.entry("bgp", 179),
                    Map.entry("ldap", 389),
                    Map.entry("https", 443),
                    Map.entry("microsoft-ds", 445),
                    Map.entry("isakmp", 500),
                    Map.entry("syslog", 514),
                    Map.entry("ldaps", 636),
                    Map.entry("domain-s", 853),
                    Map.entry("imaps", 993),
                    Map.entry("pop3s", 995),
                    Map.entry("openvpn", 1194),
                    Map.entry("l2f", 1701),
                    Map.entry("radius", 1812),
                    Map.entry("radius-acct", 1813),
                    Map.entry("nfs", 2049),
                    Map.entry("mysql", 3306),
                    Map.entry("ipsec-nat-t", 4500),
                    Map.entry("sip", 5060),
                    Map.entry("http-alt", 8080),
                    Map.entry("postgresql", 5432));

    private static final Map<Integer, String> PROTOCOL_NAMES = inverse(PROTOCOLS);
    private static final Map<Integer, String> PORT_NAMES = inverse(PORTS);

    private InternetNames() {}

    /// -1 if unknown.
    static int protocol(String name) {
        return name.equals("icmpv6") ? 58 : PROTOCOLS.getOrDefault(name, -1);
    }

    /// -1 if unknown.
    static int port(String name) {
        return PORTS.getOrDefault(name, -1);
    }

    /// The number if there is no name.
    static String protocolName(int protocol) {
        return PROTOCOL_NAMES.getOrDefault(protocol, Integer.toString(protocol));
    }

    /// The number if there is no name; only TCP and UDP ports, and those of any protocol, have
    /// names.
    static String portName(int port, int ipProtocol) {
        String number = Integer.toString(port);
        return ipProtocol == 0 || ipProtocol == TCP || ipProtocol == UDP
                ? PORT_NAMES.getOrDefault(port, number)
                : number;
    }

    private static Map<Integer, String> inverse(Map<String, Integer> byName) {
        return byName.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    }
}
