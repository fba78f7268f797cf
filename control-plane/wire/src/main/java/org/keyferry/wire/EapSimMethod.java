package org.keyferry.wire;

/// The three methods that share packets and attributes.
public enum EapSimMethod {
    SIM,
    AKA,
    AKA_PRIME;

    public EapType type() {
        return switch (this) {
            case SIM -> EapType.SIM;
            case AKA -> EapType.AKA;
            case AKA_PRIME -> EapType.AKA_PRIME;
        };
    }
}
