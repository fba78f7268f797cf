package org.keyferry.netlink.route;

/// `RTM_*`.
final class RouteMessageType {
    static final int NEWLINK = 16;
    static final int DELLINK = 17;
    static final int GETLINK = 18;
    static final int NEWADDR = 20;
    static final int DELADDR = 21;
    static final int GETADDR = 22;
    static final int NEWROUTE = 24;
    static final int DELROUTE = 25;
    static final int GETROUTE = 26;
    static final int NEWRULE = 32;
    static final int DELRULE = 33;
    static final int GETRULE = 34;
    static final int NEWADDRLABEL = 72;
    static final int DELADDRLABEL = 73;

    private RouteMessageType() {}
}
