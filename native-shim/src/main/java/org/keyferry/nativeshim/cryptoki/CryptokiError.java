package org.keyferry.nativeshim.cryptoki;

import java.util.Map;

/// A function of a PKCS#11 module returned something else than CKR_OK.
public final class CryptokiError extends Exception {
    private static final long serialVersionUID = 1;

    public static final long GENERAL_ERROR = 0x05;
    public static final long FUNCTION_FAILED = 0x06;
    public static final long ATTRIBUTE_SENSITIVE = 0x11;
    public static final long ATTRIBUTE_TYPE_INVALID = 0x12;
    public static final long DEVICE_ERROR = 0x30;
    public static final long DEVICE_REMOVED = 0x32;
    public static final long KEY_HANDLE_INVALID = 0x60;
    public static final long OBJECT_HANDLE_INVALID = 0x82;
    public static final long OPERATION_ACTIVE = 0x90;
    public static final long PIN_INCORRECT = 0xa0;
    public static final long PIN_INVALID = 0xa1;
    public static final long PIN_LEN_RANGE = 0xa2;
    public static final long PIN_LOCKED = 0xa4;
    public static final long SESSION_CLOSED = 0xb0;
    public static final long SESSION_HANDLE_INVALID = 0xb3;
    public static final long TOKEN_NOT_PRESENT = 0xe0;
    public static final long USER_ALREADY_LOGGED_IN = 0x100;
    public static final long USER_NOT_LOGGED_IN = 0x101;
    public static final long CRYPTOKI_NOT_INITIALIZED = 0x190;
    public static final long CRYPTOKI_ALREADY_INITIALIZED = 0x191;

    private static final Map<Long, String> NAMES =
            Map.ofEntries(
                    Map.entry(0x02L, "HOST_MEMORY"),
                    Map.entry(0x03L, "SLOT_ID_INVALID"),
                    Map.entry(GENERAL_ERROR, "GENERAL_ERROR"),
                    Map.entry(FUNCTION_FAILED, "FUNCTION_FAILED"),
                    Map.entry(0x07L, "ARGUMENTS_BAD"),
                    Map.entry(ATTRIBUTE_SENSITIVE, "ATTRIBUTE_SENSITIVE"),
                    Map.entry(ATTRIBUTE_TYPE_INVALID, "ATTRIBUTE_TYPE_INVALID"),
                    Map.entry(0x21L, "DATA_LEN_RANGE"),
                    Map.entry(DEVICE_ERROR, "DEVICE_ERROR"),
                    Map.entry(0x31L, "DEVICE_MEMORY"),
                    Map.entry(DEVICE_REMOVED, "DEVICE_REMOVED"),
                    Map.entry(0x50L, "FUNCTION_CANCELED"),
                    Map.entry(0x54L, "FUNCTION_NOT_SUPPORTED"),
                    Map.entry(KEY_HANDLE_INVALID, "KEY_HANDLE_INVALID"),
                    Map.entry(0x63L, "KEY_TYPE_INCONSISTENT"),
                    Map.entry(0x68L, "KEY_FUNCTION_NOT_PERMITTED"),
                    Map.entry(0x70L, "MECHANISM_INVALID"),
                    Map.entry(0x71L, "MECHANISM_PARAM_INVALID"),
                    Map.entry(OBJECT_HANDLE_INVALID, "OBJECT_HANDLE_INVALID"),
                    Map.entry(OPERATION_ACTIVE, "OPERATION_ACTIVE"),
                    Map.entry(PIN_INCORRECT, "PIN_INCORRECT"),
                    Map.entry(PIN_INVALID, "PIN_INVALID"),
                    Map.entry(PIN_LEN_RANGE, "PIN_LEN_RANGE"),
                    Map.entry(0xa3L, "PIN_EXPIRED"),
                    Map.entry(PIN_LOCKED, "PIN_LOCKED"),
                    Map.entry(SESSION_CLOSED, "SESSION_CLOSED"),
                    Map.entry(0xb1L, "SESSION_COUNT"),
                    Map.entry(SESSION_HANDLE_INVALID, "SESSION_HANDLE_INVALID"),
                    Map.entry(TOKEN_NOT_PRESENT, "TOKEN_NOT_PRESENT"),
                    Map.entry(0xe1L, "TOKEN_NOT_RECOGNIZED"),
                    Map.entry(USER_ALREADY_LOGGED_IN, "USER_ALREADY_LOGGED_IN"),
                    Map.entry(USER_NOT_LOGGED_IN, "USER_NOT_LOGGED_IN"),
                    Map.entry(0x102L, "USER_PIN_NOT_INITIALIZED"),
                    Map.entry(0x104L, "USER_ANOTHER_ALREADY_LOGGED_IN"),
                    Map.entry(CRYPTOKI_NOT_INITIALIZED, "CRYPTOKI_NOT_INITIALIZED"),
                    Map.entry(CRYPTOKI_ALREADY_INITIALIZED, "CRYPTOKI_ALREADY_INITIALIZED"));

    private final long code;

    /// @param function such as `C_Sign`
    /// @param code what it returned
    public CryptokiError(String function, long code) {
        super("%s: %s".formatted(function, name(code)), null, false, false);
        this.code = code;
    }

    private static String name(long code) {
        String known = NAMES.get(code);
        return known == null ? "0x%x".formatted(code) : "CKR_" + known;
    }

    public long code() {
        return code;
    }
}
