package org.keyferry.netlink.xfrm;

/// `XFRM_MSG_*`.
final class XfrmMessageType {
    static final int NEWSA = 0x10;
    static final int DELSA = 0x11;
    static final int GETSA = 0x12;
    static final int NEWPOLICY = 0x13;
    static final int DELPOLICY = 0x14;
    static final int GETPOLICY = 0x15;
    static final int ALLOCSPI = 0x16;
    static final int ACQUIRE = 0x17;
    static final int EXPIRE = 0x18;
    static final int UPDPOLICY = 0x19;
    static final int UPDSA = 0x1a;
    static final int POLEXPIRE = 0x1b;
    static final int FLUSHSA = 0x1c;
    static final int FLUSHPOLICY = 0x1d;
    static final int NEWAE = 0x1e;
    static final int GETAE = 0x1f;
    static final int REPORT = 0x20;
    static final int MIGRATE = 0x21;
    static final int NEWSADINFO = 0x22;
    static final int GETSADINFO = 0x23;
    static final int NEWSPDINFO = 0x24;
    static final int GETSPDINFO = 0x25;
    static final int MAPPING = 0x26;

    private XfrmMessageType() {}
}
