package org.keyferry.nativeshim.cryptoki;

/// What a token tells about itself (CK_TOKEN_INFO).
///
/// @param label without the blanks at its end
public record TokenInfo(
        String label, String manufacturer, String model, String serial, long flags) {
    private static final long LOGIN_REQUIRED = 0x4;
    private static final long PROTECTED_AUTHENTICATION_PATH = 0x100;
    private static final long TOKEN_INITIALIZED = 0x400;
    private static final long USER_PIN_FINAL_TRY = 0x20000;
    private static final long USER_PIN_LOCKED = 0x40000;

    public boolean needsLogin() {
        return (flags & LOGIN_REQUIRED) != 0;
    }

    /// The PIN is entered at the reader.
    public boolean hasPinPad() {
        return (flags & PROTECTED_AUTHENTICATION_PATH) != 0;
    }

    public boolean isInitialized() {
        return (flags & TOKEN_INITIALIZED) != 0;
    }

    /// Another wrong PIN locks it.
    public boolean isLastTry() {
        return (flags & USER_PIN_FINAL_TRY) != 0;
    }

    public boolean isLocked() {
        return (flags & USER_PIN_LOCKED) != 0;
    }

    /// Whether it is the same piece of hardware, or of software, as another.
    public boolean isSame(TokenInfo other) {
        return label.equals(other.label)
                && manufacturer.equals(other.manufacturer)
                && model.equals(other.model)
                && serial.equals(other.serial);
    }
}
