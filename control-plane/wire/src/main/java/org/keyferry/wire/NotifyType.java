package org.keyferry.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Notify message types (RFC 7296 §3.10.1 and its extensions, IANA ikev2-parameters).
public final class NotifyType {
    public static final int UNSUPPORTED_CRITICAL_PAYLOAD = 1;
    public static final int INVALID_IKE_SPI = 4;
    public static final int INVALID_MAJOR_VERSION = 5;
    public static final int INVALID_SYNTAX = 7;
    public static final int INVALID_MESSAGE_ID = 9;
    public static final int INVALID_SPI = 11;
    public static final int NO_PROPOSAL_CHOSEN = 14;
    public static final int INVALID_KE_PAYLOAD = 17;
    public static final int AUTHENTICATION_FAILED = 24;
    public static final int SINGLE_PAIR_REQUIRED = 34;
    public static final int NO_ADDITIONAL_SAS = 35;
    public static final int INTERNAL_ADDRESS_FAILURE = 36;
    public static final int FAILED_CP_REQUIRED = 37;
    public static final int TS_UNACCEPTABLE = 38;
    public static final int INVALID_SELECTORS = 39;
    public static final int UNACCEPTABLE_ADDRESSES = 40;
    public static final int UNEXPECTED_NAT_DETECTED = 41;
    public static final int USE_ASSIGNED_HOA = 42;
    public static final int TEMPORARY_FAILURE = 43;
    public static final int CHILD_SA_NOT_FOUND = 44;
    public static final int INVALID_GROUP_ID = 45;
    public static final int AUTHORIZATION_FAILED = 46;
    public static final int STATE_NOT_FOUND = 47;
    public static final int TS_MAX_QUEUE = 48;
    public static final int REGISTRATION_FAILED = 49;
    public static final int INITIAL_CONTACT = 16384;
    public static final int SET_WINDOW_SIZE = 16385;
    public static final int ADDITIONAL_TS_POSSIBLE = 16386;
    public static final int IPCOMP_SUPPORTED = 16387;
    public static final int NAT_DETECTION_SOURCE_IP = 16388;
    public static final int NAT_DETECTION_DESTINATION_IP = 16389;
    public static final int COOKIE = 16390;
    public static final int USE_TRANSPORT_MODE = 16391;
    public static final int HTTP_CERT_LOOKUP_SUPPORTED = 16392;
    public static final int REKEY_SA = 16393;
    public static final int ESP_TFC_PADDING_NOT_SUPPORTED = 16394;
    public static final int NON_FIRST_FRAGMENTS_ALSO = 16395;
    public static final int MOBIKE_SUPPORTED = 16396;
    public static final int ADDITIONAL_IP4_ADDRESS = 16397;
    public static final int ADDITIONAL_IP6_ADDRESS = 16398;
    public static final int NO_ADDITIONAL_ADDRESSES = 16399;
    public static final int UPDATE_SA_ADDRESSES = 16400;
    public static final int COOKIE2 = 16401;
    public static final int NO_NATS_ALLOWED = 16402;
    public static final int AUTH_LIFETIME = 16403;
    public static final int MULTIPLE_AUTH_SUPPORTED = 16404;
    public static final int ANOTHER_AUTH_FOLLOWS = 16405;
    public static final int REDIRECT_SUPPORTED = 16406;
    public static final int REDIRECT = 16407;
    public static final int REDIRECTED_FROM = 16408;
    public static final int TICKET_LT_OPAQUE = 16409;
    public static final int TICKET_REQUEST = 16410;
    public static final int TICKET_ACK = 16411;
    public static final int TICKET_NACK = 16412;
    public static final int TICKET_OPAQUE = 16413;
    public static final int LINK_ID = 16414;
    public static final int USE_WESP_MODE = 16415;
    public static final int ROHC_SUPPORTED = 16416;
    public static final int EAP_ONLY_AUTHENTICATION = 16417;
    public static final int CHILDLESS_IKEV2_SUPPORTED = 16418;
    public static final int QUICK_CRASH_DETECTION = 16419;
    public static final int IKEV2_MESSAGE_ID_SYNC_SUPPORTED = 16420;
    public static final int IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED = 16421;
    public static final int IKEV2_MESSAGE_ID_SYNC = 16422;
    public static final int IPSEC_REPLAY_COUNTER_SYNC = 16423;
    public static final int SECURE_PASSWORD_METHODS = 16424;
    public static final int PSK_PERSIST = 16425;
    public static final int PSK_CONFIRM = 16426;
    public static final int ERX_SUPPORTED = 16427;
    public static final int IFOM_CAPABILITY = 16428;
    public static final int GROUP_SENDER = 16429;
    public static final int IKEV2_FRAGMENTATION_SUPPORTED = 16430;
    public static final int SIGNATURE_HASH_ALGORITHMS = 16431;
    public static final int CLONE_IKE_SA_SUPPORTED = 16432;
    public static final int CLONE_IKE_SA = 16433;
    public static final int PUZZLE = 16434;
    public static final int USE_PPK = 16435;
    public static final int PPK_IDENTITY = 16436;
    public static final int NO_PPK_AUTH = 16437;
    public static final int INTERMEDIATE_EXCHANGE_SUPPORTED = 16438;
    public static final int IP4_ALLOWED = 16439;
    public static final int IP6_ALLOWED = 16440;
    public static final int ADDITIONAL_KEY_EXCHANGE = 16441;
    public static final int USE_AGGFRAG = 16442;
    public static final int SUPPORTED_AUTH_METHODS = 16443;
    public static final int SA_RESOURCE_INFO = 16444;
    public static final int USE_PPK_INT = 16445;
    public static final int PPK_IDENTITY_KEY = 16446;
    public static final int IKE_SA_INIT_FULL_TRANSCRIPT_AUTH = 16447;
    public static final int USE_BEET_MODE = 40961;
    public static final int RADIUS_ATTRIBUTE = 40969;

    private static final int FIRST_STATUS = 16_384;

    private record Row(int type, String name, String shortName) {}

    private static final List<Row> TABLE =
            List.of(
                    new Row(UNSUPPORTED_CRITICAL_PAYLOAD, "UNSUPPORTED_CRITICAL_PAYLOAD", "CRIT"),
                    new Row(INVALID_IKE_SPI, "INVALID_IKE_SPI", "INVAL_IKE_SPI"),
                    new Row(INVALID_MAJOR_VERSION, "INVALID_MAJOR_VERSION", "INVAL_MAJOR"),
                    new Row(INVALID_SYNTAX, "INVALID_SYNTAX", "INVAL_SYN"),
                    new Row(INVALID_MESSAGE_ID, "INVALID_MESSAGE_ID", "INVAL_MID"),
                    new Row(INVALID_SPI, "INVALID_SPI", "INVAL_SPI"),
                    new Row(NO_PROPOSAL_CHOSEN, "NO_PROPOSAL_CHOSEN", "NO_PROP"),
                    new Row(INVALID_KE_PAYLOAD, "INVALID_KE_PAYLOAD", "INVAL_KE"),
                    new Row(AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED", "AUTH_FAILED"),
                    new Row(SINGLE_PAIR_REQUIRED, "SINGLE_PAIR_REQUIRED", "SINGLE_PAIR"),
                    new Row(NO_ADDITIONAL_SAS, "NO_ADDITIONAL_SAS", "NO_ADD_SAS"),
                    new Row(INTERNAL_ADDRESS_FAILURE, "INTERNAL_ADDRESS_FAILURE", "INT_ADDR_FAIL"),
                    new Row(FAILED_CP_REQUIRED, "FAILED_CP_REQUIRED", "FAIL_CP_REQ"),
                    new Row(TS_UNACCEPTABLE, "TS_UNACCEPTABLE", "TS_UNACCEPT"),
                    new Row(INVALID_SELECTORS, "INVALID_SELECTORS", "INVAL_SEL"),
                    new Row(UNACCEPTABLE_ADDRESSES, "UNACCEPTABLE_ADDRESSES", "UNACCEPT_ADDR"),
                    new Row(UNEXPECTED_NAT_DETECTED, "UNEXPECTED_NAT_DETECTED", "UNEXPECT_NAT"),
                    new Row(USE_ASSIGNED_HOA, "USE_ASSIGNED_HoA", "ASSIGNED_HoA"),
                    new Row(TEMPORARY_FAILURE, "TEMPORARY_FAILURE", "TEMP_FAIL"),
                    new Row(CHILD_SA_NOT_FOUND, "CHILD_SA_NOT_FOUND", "NO_CHILD_SA"),
                    new Row(INVALID_GROUP_ID, "INVALID_GROUP_ID", "INVALID_GROUP_ID"),
                    new Row(AUTHORIZATION_FAILED, "AUTHORIZATION_FAILED", "AUTHORIZATION_FAILED"),
                    new Row(STATE_NOT_FOUND, "STATE_NOT_FOUND", "NO_STATE"),
                    new Row(TS_MAX_QUEUE, "TS_MAX_QUEUE", "MAX_QUEUE"),
                    new Row(REGISTRATION_FAILED, "REGISTRATION_FAILED", "REGISTRATION_FAILED"),
                    new Row(INITIAL_CONTACT, "INITIAL_CONTACT", "INIT_CONTACT"),
                    new Row(SET_WINDOW_SIZE, "SET_WINDOW_SIZE", "SET_WINSIZE"),
                    new Row(ADDITIONAL_TS_POSSIBLE, "ADDITIONAL_TS_POSSIBLE", "ADD_TS_POSS"),
                    new Row(IPCOMP_SUPPORTED, "IPCOMP_SUPPORTED", "IPCOMP_SUP"),
                    new Row(NAT_DETECTION_SOURCE_IP, "NAT_DETECTION_SOURCE_IP", "NATD_S_IP"),
                    new Row(
                            NAT_DETECTION_DESTINATION_IP,
                            "NAT_DETECTION_DESTINATION_IP",
                            "NATD_D_IP"),
                    new Row(COOKIE, "COOKIE", "COOKIE"),
                    new Row(USE_TRANSPORT_MODE, "USE_TRANSPORT_MODE", "USE_TRANSP"),
                    new Row(
                            HTTP_CERT_LOOKUP_SUPPORTED,
                            "HTTP_CERT_LOOKUP_SUPPORTED",
                            "HTTP_CERT_LOOK"),
                    new Row(REKEY_SA, "REKEY_SA", "REKEY_SA"),
                    new Row(
                            ESP_TFC_PADDING_NOT_SUPPORTED,
                            "ESP_TFC_PADDING_NOT_SUPPORTED",
                            "ESP_TFC_PAD_N"),
                    new Row(NON_FIRST_FRAGMENTS_ALSO, "NON_FIRST_FRAGMENTS_ALSO", "NON_FIRST_FRAG"),
                    new Row(MOBIKE_SUPPORTED, "MOBIKE_SUPPORTED", "MOBIKE_SUP"),
                    new Row(ADDITIONAL_IP4_ADDRESS, "ADDITIONAL_IP4_ADDRESS", "ADD_4_ADDR"),
                    new Row(ADDITIONAL_IP6_ADDRESS, "ADDITIONAL_IP6_ADDRESS", "ADD_6_ADDR"),
                    new Row(NO_ADDITIONAL_ADDRESSES, "NO_ADDITIONAL_ADDRESSES", "NO_ADD_ADDR"),
                    new Row(UPDATE_SA_ADDRESSES, "UPDATE_SA_ADDRESSES", "UPD_SA_ADDR"),
                    new Row(COOKIE2, "COOKIE2", "COOKIE2"),
                    new Row(NO_NATS_ALLOWED, "NO_NATS_ALLOWED", "NO_NATS"),
                    new Row(AUTH_LIFETIME, "AUTH_LIFETIME", "AUTH_LFT"),
                    new Row(MULTIPLE_AUTH_SUPPORTED, "MULTIPLE_AUTH_SUPPORTED", "MULT_AUTH"),
                    new Row(ANOTHER_AUTH_FOLLOWS, "ANOTHER_AUTH_FOLLOWS", "AUTH_FOLLOWS"),
                    new Row(REDIRECT_SUPPORTED, "REDIRECT_SUPPORTED", "REDIR_SUP"),
                    new Row(REDIRECT, "REDIRECT", "REDIR"),
                    new Row(REDIRECTED_FROM, "REDIRECTED_FROM", "REDIR_FROM"),
                    new Row(TICKET_LT_OPAQUE, "TICKET_LT_OPAQUE", "TKT_LT_OPAK"),
                    new Row(TICKET_REQUEST, "TICKET_REQUEST", "TKT_REQ"),
                    new Row(TICKET_ACK, "TICKET_ACK", "TKT_ACK"),
                    new Row(TICKET_NACK, "TICKET_NACK", "TKT_NACK"),
                    new Row(TICKET_OPAQUE, "TICKET_OPAQUE", "TKT_OPAK"),
                    new Row(LINK_ID, "LINK_ID", "LINK_ID"),
                    new Row(USE_WESP_MODE, "USE_WESP_MODE", "WESP_MODE"),
                    new Row(ROHC_SUPPORTED, "ROHC_SUPPORTED", "ROHC_SUP"),
                    new Row(EAP_ONLY_AUTHENTICATION, "EAP_ONLY_AUTHENTICATION", "EAP_ONLY"),
                    new Row(CHILDLESS_IKEV2_SUPPORTED, "CHILDLESS_IKEV2_SUPPORTED", "CHDLESS_SUP"),
                    new Row(QUICK_CRASH_DETECTION, "QUICK_CRASH_DETECTION", "CRASH_DET"),
                    new Row(
                            IKEV2_MESSAGE_ID_SYNC_SUPPORTED,
                            "IKEV2_MESSAGE_ID_SYNC_SUPPORTED",
                            "MSG_ID_SYN_SUP"),
                    new Row(
                            IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED,
                            "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED",
                            "RPL_CTR_SYN_SUP"),
                    new Row(IKEV2_MESSAGE_ID_SYNC, "IKEV2_MESSAGE_ID_SYNC", "MSG_ID_SYN"),
                    new Row(IPSEC_REPLAY_COUNTER_SYNC, "IPSEC_REPLAY_COUNTER_SYNC", "RPL_CTR_SYN"),
                    new Row(SECURE_PASSWORD_METHODS, "SECURE_PASSWORD_METHODS", "SEC_PASSWD"),
                    new Row(PSK_PERSIST, "PSK_PERSIST", "PSK_PST"),
                    new Row(PSK_CONFIRM, "PSK_CONFIRM", "PSK_CFM"),
                    new Row(ERX_SUPPORTED, "ERX_SUPPORTED", "ERX_SUP"),
                    new Row(IFOM_CAPABILITY, "IFOM_CAPABILITY", "IFOM_CAP"),
                    new Row(GROUP_SENDER, "GROUP_SENDER", "SENDER_REQ_ID"),
                    new Row(
                            IKEV2_FRAGMENTATION_SUPPORTED,
                            "IKEV2_FRAGMENTATION_SUPPORTED",
                            "FRAG_SUP"),
                    new Row(SIGNATURE_HASH_ALGORITHMS, "SIGNATURE_HASH_ALGORITHMS", "HASH_ALG"),
                    new Row(
                            CLONE_IKE_SA_SUPPORTED,
                            "CLONE_IKE_SA_SUPPORTED",
                            "CLONE_IKE_SA_SUPPORTED"),
                    new Row(CLONE_IKE_SA, "CLONE_IKE_SA", "CLONE_IKE_SA"),
                    new Row(PUZZLE, "PUZZLE", "PUZZLE"),
                    new Row(USE_PPK, "USE_PPK", "USE_PPK"),
                    new Row(PPK_IDENTITY, "PPK_IDENTITY", "PPK_ID"),
                    new Row(NO_PPK_AUTH, "NO_PPK_AUTH", "NO_PPK"),
                    new Row(
                            INTERMEDIATE_EXCHANGE_SUPPORTED,
                            "INTERMEDIATE_EXCHANGE_SUPPORTED",
                            "IKE_INT_SUP"),
                    new Row(IP4_ALLOWED, "IP4_ALLOWED", "IP4_ALLOWED"),
                    new Row(IP6_ALLOWED, "IP6_ALLOWED", "IP6_ALLOWED"),
                    new Row(ADDITIONAL_KEY_EXCHANGE, "ADDITIONAL_KEY_EXCHANGE", "ADD_KE"),
                    new Row(USE_AGGFRAG, "USE_AGGFRAG", "AGGFRAG"),
                    new Row(
                            SUPPORTED_AUTH_METHODS,
                            "SUPPORTED_AUTH_METHODS",
                            "SUPPORTED_AUTH_METHODS"),
                    new Row(SA_RESOURCE_INFO, "SA_RESOURCE_INFO", "RES_INFO"),
                    new Row(USE_PPK_INT, "USE_PPK_INT", "USE_PPK_INT"),
                    new Row(PPK_IDENTITY_KEY, "PPK_IDENTITY_KEY", "PPK_IDENTITY_KEY"),
                    new Row(
                            IKE_SA_INIT_FULL_TRANSCRIPT_AUTH,
                            "IKE_SA_INIT_FULL_TRANSCRIPT_AUTH",
                            "IKE_SA_INIT_FULL_TRANSCRIPT_AUTH"),
                    new Row(USE_BEET_MODE, "USE_BEET_MODE", "BEET_MODE"),
                    new Row(RADIUS_ATTRIBUTE, "RADIUS_ATTRIBUTE", "RADIUS"));

    private static final Map<Integer, Row> ROWS = rows();

    private NotifyType() {}

    /// As the RFC spells it, or the number.
    public static String name(int type) {
        Row row = ROWS.get(type);
        return row != null ? row.name : "NOTIFY_" + type;
    }

    /// As charon abbreviates it in logs, or the name if it does not.
    public static String shortName(int type) {
        Row row = ROWS.get(type);
        return row != null ? row.shortName : "NOTIFY_" + type;
    }

    /// Error types are those below 16384, known or not.
    public static boolean isError(int type) {
        return type < FIRST_STATUS;
    }

    private static Map<Integer, Row> rows() {
        Map<Integer, Row> rows = new HashMap<>();
        for (Row row : TABLE) {
            if (rows.put(row.type, row) != null) {
                throw new IllegalStateException("two rows for notify " + row.type);
            }
        }
        return Map.copyOf(rows);
    }
}
