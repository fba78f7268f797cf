package org.keyferry.netlink.xfrm;

import java.util.EnumSet;
import java.util.Set;

/// `XFRM_POLICY_LOCALOK`, `_ICMP` and `_CPU_ACQUIRE`.
public enum XfrmPolicyFlag {
    LOCAL_OK(1),
    ICMP(2),
    CPU_ACQUIRE(4);

    private final int bit;

    XfrmPolicyFlag(int bit) {
        this.bit = bit;
    }

    static int bits(Set<XfrmPolicyFlag> flags) {
        int bits = 0;
        for (XfrmPolicyFlag flag : flags) bits |= flag.bit;
        return bits;
    }

    /// Bits of newer kernels are left out.
    static Set<XfrmPolicyFlag> of(int bits) {
        var flags = EnumSet.noneOf(XfrmPolicyFlag.class);
        for (XfrmPolicyFlag flag : values()) if ((bits & flag.bit) != 0) flags.add(flag);
        return flags;
    }
}
