package org.keyferry.daemon.radius;

import org.keyferry.engine.Reason;

/// Acct-Terminate-Cause (RFC 2866 §5.10).
enum TerminateCause {
    USER_REQUEST(1),
    LOST_CARRIER(2),
    IDLE_TIMEOUT(4),
    SESSION_TIMEOUT(5),
    ADMIN_RESET(6),
    ADMIN_REBOOT(7),
    NAS_ERROR(9),
    NAS_REQUEST(10),
    PORT_PREEMPTED(13);

    private final int number;

    TerminateCause(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static TerminateCause of(Reason reason) {
        return switch (reason) {
            case Reason.Timeout _ -> LOST_CARRIER;
            case Reason.Plain plain ->
                    switch (plain) {
                        case PEER_DELETED, REAUTHENTICATED, REKEYED -> USER_REQUEST;
                        case SHUTDOWN -> ADMIN_REBOOT;
                        case LIFETIME_EXPIRED -> SESSION_TIMEOUT;
                        case REQUESTED -> ADMIN_RESET;
                        case REPLACED, SUPERSEDED, UNIQUE_KEEP, REDUNDANT -> PORT_PREEMPTED;
                        default -> NAS_REQUEST;
                    };
            case Reason.KernelRefused _, Reason.CannotDo _ -> NAS_ERROR;
            default -> NAS_REQUEST;
        };
    }
}
