package org.keyferry.netlink.xfrm;

import org.keyferry.netlink.MalformedKernelMessage;

/// `XFRM_POLICY_ALLOW` (with templates: protect) and `XFRM_POLICY_BLOCK`.
public enum XfrmAction {
    ALLOW(0),
    BLOCK(1);

    private final int number;

    XfrmAction(int number) {
        this.number = number;
    }

    /// The number in the kernel's structs.
    public int number() {
        return number;
    }

    static XfrmAction of(int number) throws MalformedKernelMessage {
        for (XfrmAction value : values()) if (value.number == number) return value;
        throw new MalformedKernelMessage("policy action", number);
    }
}
