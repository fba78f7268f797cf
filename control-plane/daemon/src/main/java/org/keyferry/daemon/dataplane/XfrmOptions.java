package org.keyferry.daemon.dataplane;

import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.StrongswanConf;

/// What strongswan.conf says about the kernel, in the kernel's words.
record XfrmOptions(KernelConf conf) {
    static XfrmOptions of(StrongswanConf conf) {
        return new XfrmOptions(conf.kernel());
    }

    /// Lowest SPI asked for.
    Spi spiMin() {
        return new Spi(conf.spiMin());
    }

    /// Highest SPI asked for.
    Spi spiMax() {
        return new Spi(conf.spiMax());
    }

    boolean installRoutes() {
        return conf.routes().install();
    }

    /// Also for CHILD_SAs with an interface id, through the XFRM interface.
    boolean routesForInterfaces() {
        return conf.routes().xfrmInterfaces();
    }

    /// 0: no rule, routes go to the main table.
    int routingTable() {
        return conf.routes().table();
    }

    /// Of the rule that leads to the table, unsigned.
    int rulePriority() {
        return conf.routes().rulePriority();
    }

    /// Where routes go.
    int table() {
        return routingTable() == 0 ? Route.TABLE_MAIN : routingTable();
    }

    boolean wantsRule() {
        return installRoutes() && routingTable() != 0;
    }
}
