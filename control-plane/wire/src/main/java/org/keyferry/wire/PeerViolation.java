package org.keyferry.wire;

/// Carries a [Violation] out of a decoder; without a stack trace, so that junk stays cheap.
public final class PeerViolation extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Violation violation;

    public PeerViolation(Violation violation) {
        super(null, null, false, false);
        this.violation = violation;
    }

    public static PeerViolation malformed(String field, int offsetBytes) {
        return new PeerViolation(new Violation.Malformed(field, offsetBytes));
    }

    public Violation violation() {
        return violation;
    }

    /// Names the field and its offset.
    @Override
    public String getMessage() {
        return violation.toString();
    }
}
