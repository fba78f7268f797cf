package org.keyferry.netlink.xfrm;

import org.keyferry.netlink.MalformedKernelMessage;

/// `XFRM_POLICY_IN` and so on. The socket directions are listed only: such policies are made with a
/// socket option.
public enum XfrmDirection {
    IN(0),
    OUT(1),
    FWD(2),
    SOCKET_IN(3),
    SOCKET_OUT(4);

    private final int number;

    XfrmDirection(int number) {
        this.number = number;
    }

    /// The number in the kernel's structs.
    public int number() {
        return number;
    }

    static XfrmDirection of(int number) throws MalformedKernelMessage {
        for (XfrmDirection value : values()) if (value.number == number) return value;
        throw new MalformedKernelMessage("policy direction", number);
    }
}
