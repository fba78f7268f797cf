package org.keyferry.netlink.xfrm;

import org.keyferry.netlink.MalformedKernelMessage;

/// `XFRMA_SA_DIR`, known to Linux 6.10 and newer, which then check it.
public enum XfrmSaDirection {
    IN(1),
    OUT(2);

    private final int number;

    XfrmSaDirection(int number) {
        this.number = number;
    }

    /// The number in the attribute.
    public int number() {
        return number;
    }

    static XfrmSaDirection of(int number) throws MalformedKernelMessage {
        return switch (number) {
            case 1 -> IN;
            case 2 -> OUT;
            default -> throw new MalformedKernelMessage("SA direction", number);
        };
    }
}
