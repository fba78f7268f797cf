package org.keyferry.netlink.route;

/// `RTNLGRP_*`, the multicast groups of changes.
public enum RouteGroup {
    LINK(1),
    IPV4_ADDRESS(5),
    IPV4_ROUTE(7),
    IPV4_RULE(8),
    IPV6_ADDRESS(9),
    IPV6_ROUTE(11),
    IPV6_RULE(19);

    private final int number;

    RouteGroup(int number) {
        this.number = number;
    }

    /// The number to join.
    public int number() {
        return number;
    }
}
