package org.keyferry.netlink.xfrm;

/// `XFRMNLGRP_*`, the multicast groups of events.
public enum XfrmGroup {
    ACQUIRE(1),
    EXPIRE(2),
    SA(3),
    POLICY(4),
    REPLAY(5),
    REPORT(6),
    MIGRATE(7),
    MAPPING(8);

    private final int number;

    XfrmGroup(int number) {
        this.number = number;
    }

    /// The number to join.
    public int number() {
        return number;
    }
}
