package org.keyferry.daemon.radius.packet;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Attribute types, by the names that IANA's registry gives them.
public final class RadiusType {
    public static final int USER_NAME = 1;
    public static final int USER_PASSWORD = 2;
    public static final int NAS_IP_ADDRESS = 4;
    public static final int NAS_PORT = 5;
    public static final int SERVICE_TYPE = 6;
    public static final int FRAMED_IP_ADDRESS = 8;
    public static final int FILTER_ID = 11;
    public static final int REPLY_MESSAGE = 18;
    public static final int STATE = 24;
    public static final int CLASS = 25;
    public static final int VENDOR_SPECIFIC = 26;
    public static final int SESSION_TIMEOUT = 27;
    public static final int IDLE_TIMEOUT = 28;
    public static final int CALLED_STATION_ID = 30;
    public static final int CALLING_STATION_ID = 31;
    public static final int NAS_IDENTIFIER = 32;
    public static final int PROXY_STATE = 33;
    public static final int ACCT_STATUS_TYPE = 40;
    public static final int ACCT_INPUT_OCTETS = 42;
    public static final int ACCT_OUTPUT_OCTETS = 43;
    public static final int ACCT_SESSION_ID = 44;
    public static final int ACCT_AUTHENTIC = 45;
    public static final int ACCT_SESSION_TIME = 46;
    public static final int ACCT_INPUT_PACKETS = 47;
    public static final int ACCT_OUTPUT_PACKETS = 48;
    public static final int ACCT_TERMINATE_CAUSE = 49;
    public static final int ACCT_INPUT_GIGAWORDS = 52;
    public static final int ACCT_OUTPUT_GIGAWORDS = 53;
    public static final int EVENT_TIMESTAMP = 55;
    public static final int NAS_PORT_TYPE = 61;
    public static final int TUNNEL_TYPE = 64;
    public static final int EAP_MESSAGE = 79;
    public static final int MESSAGE_AUTHENTICATOR = 80;
    public static final int ACCT_INTERIM_INTERVAL = 85;
    public static final int NAS_PORT_ID = 87;
    public static final int NAS_IPV6_ADDRESS = 95;
    public static final int ERROR_CAUSE = 101;
    public static final int FRAMED_IPV6_ADDRESS = 168;
    public static final int DNS_SERVER_IPV6_ADDRESS = 169;

    private static final Map<String, Integer> BY_NAME =
            Map.ofEntries(
                    Map.entry("user-name", USER_NAME),
                    Map.entry("user-password", USER_PASSWORD),
                    Map.entry("chap-password", 3),
                    Map.entry("nas-ip-address", NAS_IP_ADDRESS),
                    Map.entry("nas-port", NAS_PORT),
                    Map.entry("service-type", SERVICE_TYPE),
                    Map.entry("framed-protocol", 7),
                    Map.entry("framed-ip-address", FRAMED_IP_ADDRESS),
                    Map.entry("framed-ip-netmask", 9),
                    Map.entry("framed-routing", 10),
                    Map.entry("filter-id", FILTER_ID),
                    Map.entry("framed-mtu", 12),
                    Map.entry("framed-compression", 13),
                    Map.entry("login-ip-host", 14),
                    Map.entry("login-service", 15),
                    Map.entry("login-tcp-port", 16),
                    Map.entry("reply-message", REPLY_MESSAGE),
                    Map.entry("callback-number", 19),
                    Map.entry("callback-id", 20),
                    Map.entry("framed-route", 22),
                    Map.entry("framed-ipx-network", 23),
                    Map.entry("state", STATE),
                    Map.entry("class", CLASS),
                    Map.entry("vendor-specific", VENDOR_SPECIFIC),
                    Map.entry("session-timeout", SESSION_TIMEOUT),
                    Map.entry("idle-timeout", IDLE_TIMEOUT),
                    Map.entry("termination-action", 29),
                    Map.entry("called-station-id", CALLED_STATION_ID),
                    Map.entry("calling-station-id", CALLING_STATION_ID),
                    Map.entry("nas-identifier", NAS_IDENTIFIER),
                    Map.entry("proxy-state", PROXY_STATE),
                    Map.entry("login-lat-service", 34),
                    Map.entry("login-lat-node", 35),
                    Map.entry("login-lat-group", 36),
                    Map.entry("framed-appletalk-link", 37),
                    Map.entry("framed-appletalk-network", 38),
                    Map.entry("framed-appletalk-zone", 39),
                    Map.entry("acct-status-type", ACCT_STATUS_TYPE),
                    Map.entry("acct-delay-time", 41),
                    Map.entry("acct-input-octets", ACCT_INPUT_OCTETS),
                    Map.entry("acct-output-octets", ACCT_OUTPUT_OCTETS),
                    Map.entry("acct-session-id", ACCT_SESSION_ID),
                    Map.entry("acct-authentic", ACCT_AUTHENTIC),
                    Map.entry("acct-session-time", ACCT_SESSION_TIME),
                    Map.entry("acct-input-packets", ACCT_INPUT_PACKETS),
                    Map.entry("acct-output-packets", ACCT_OUTPUT_PACKETS),
                    Map.entry("acct-terminate-cause", ACCT_TERMINATE_CAUSE),
                    Map.entry("acct-multi-session-id", 50),
                    Map.entry("acct-link-count", 51),
                    Map.entry("acct-input-gigawords", ACCT_INPUT_GIGAWORDS),
                    Map.entry("acct-output-gigawords", ACCT_OUTPUT_GIGAWORDS),
                    Map.entry("event-timestamp", EVENT_TIMESTAMP),
                    Map.entry("egress-vlanid", 56),
                    Map.entry("ingress-filters", 57),
                    Map.entry("egress-vlan-name", 58),
                    Map.entry("user-priority-table", 59),
                    Map.entry("chap-challenge", 60),
                    Map.entry("nas-port-type", NAS_PORT_TYPE),
                    Map.entry("port-limit", 62),
                    Map.entry("login-lat-port", 63),
                    Map.entry("tunnel-type", TUNNEL_TYPE),
                    Map.entry("tunnel-medium-type", 65),
                    Map.entry("tunnel-client-endpoint", 66),
                    Map.entry("tunnel-server-endpoint", 67),
                    Map.entry("acct-tunnel-connection", 68),
                    Map.entry("tunnel-password", 69),
                    Map.entry("arap-password", 70),
                    Map.entry("arap-features", 71),
                    Map.entry("arap-zone-access", 72),
                    Map.entry("arap-security", 73),
                    Map.entry("arap-security-data", 74),
                    Map.entry("password-retry", 75),
                    Map.entry("prompt", 76),
                    Map.entry("connect-info", 77),
                    Map.entry("configuration-token", 78),
                    Map.entry("eap-message", EAP_MESSAGE),
                    Map.entry("message-authenticator", MESSAGE_AUTHENTICATOR),
                    Map.entry("tunnel-private-group-id", 81),
                    Map.entry("tunnel-assignment-id", 82),
                    Map.entry("tunnel-preference", 83),
                    Map.entry("arap-challenge-response", 84),
                    Map.entry("acct-interim-interval", ACCT_INTERIM_INTERVAL),
                    Map.entry("acct-tunnel-packets-lost", 86),
                    Map.entry("nas-port-id", NAS_PORT_ID),
                    Map.entry("framed-pool", 88),
                    Map.entry("chargeable-user-identity", 89),
                    Map.entry("tunnel-client-auth-id", 90),
                    Map.entry("tunnel-server-auth-id", 91),
                    Map.entry("nas-filter-rule", 92),
                    Map.entry("originating-line-info", 94),
                    Map.entry("nas-ipv6-address", NAS_IPV6_ADDRESS),
                    Map.entry("framed-interface-id", 96),
                    Map.entry("framed-ipv6-prefix", 97),
                    Map.entry("login-ipv6-host", 98),
                    Map.entry("framed-ipv6-route", 99),
                    Map.entry("framed-ipv6-pool", 100),
                    Map.entry("error-cause", ERROR_CAUSE),
                    Map.entry("eap-key-name", 102),
                    Map.entry("delegated-ipv6-prefix", 123),
                    Map.entry("mip6-feature-vector", 124),
                    Map.entry("mip6-home-link-prefix", 125),
                    Map.entry("framed-ipv6-address", FRAMED_IPV6_ADDRESS),
                    Map.entry("dns-server-ipv6-address", DNS_SERVER_IPV6_ADDRESS));

    private RadiusType() {}

    /// In any case.
    public static Optional<Integer> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }
}
