package org.keyferry.daemon.dataplane;

import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.settings.StrongswanConf;

/// What strongswan.conf says about the kernel.
///
/// @param spiMin, spiMax inclusive, unsigned
/// @param routingTable 0: no rule, routes go to the main table
/// @param rulePriority of the rule that leads to the table, unsigned
record XfrmOptions(
        Spi spiMin, Spi spiMax, boolean installRoutes, int routingTable, int rulePriority) {
    static XfrmOptions of(StrongswanConf conf) {
        return new XfrmOptions(
                new Spi(conf.spiMin()),
                new Spi(conf.spiMax()),
                conf.routes().install(),
                conf.routes().table(),
                conf.routes().rulePriority());
    }

    /// Where routes go.
    int table() {
        return routingTable == 0 ? Route.TABLE_MAIN : routingTable;
    }

    boolean wantsRule() {
        return installRoutes && routingTable != 0;
    }
}
