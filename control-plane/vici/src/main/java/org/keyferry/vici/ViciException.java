package org.keyferry.vici;

import java.io.IOException;

/// Why a client got no answer. A daemon that answers with `success=no` is no exception.
public final class ViciException extends IOException {
    private static final long serialVersionUID = 1;

    public enum Kind {
        /// No socket, no daemon behind it, or no permission to use it.
        NOT_REACHABLE,
        /// The daemon went away while we waited.
        LOST,
        TIMEOUT,
        UNKNOWN_COMMAND,
        UNKNOWN_EVENT,
        /// The other side does not speak VICI.
        PROTOCOL
    }

    private final Kind kind;

    ViciException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
