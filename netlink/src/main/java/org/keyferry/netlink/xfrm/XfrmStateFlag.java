package org.keyferry.netlink.xfrm;

import java.util.EnumSet;
import java.util.Set;

/// `XFRM_STATE_*` flags and, in `XFRMA_SA_EXTRA_FLAGS`, `XFRM_SA_XFLAG_*`.
public enum XfrmStateFlag {
    NO_ECN(1, false),
    DECAP_DSCP(2, false),
    NO_PMTU_DISC(4, false),
    WILD_RECV(8, false),
    ICMP(16, false),
    AF_UNSPEC(32, false),
    ALIGN4(64, false),
    ESN(128, false),
    DONT_ENCAP_DSCP(1, true),
    OSEQ_MAY_WRAP(2, true);

    private final int bit;
    private final boolean extra;

    XfrmStateFlag(int bit, boolean extra) {
        this.bit = bit;
        this.extra = extra;
    }

    static int bits(Set<XfrmStateFlag> flags, boolean extra) {
        int bits = 0;
        for (XfrmStateFlag flag : flags) if (flag.extra == extra) bits |= flag.bit;
        return bits;
    }

    /// Extra bits of newer kernels are left out.
    static Set<XfrmStateFlag> of(int bits, int extraBits) {
        var flags = EnumSet.noneOf(XfrmStateFlag.class);
        for (XfrmStateFlag flag : values())
            if (((flag.extra ? extraBits : bits) & flag.bit) != 0) flags.add(flag);
        return flags;
    }
}
