package org.keyferry.daemon.dataplane;

import java.util.Optional;
import java.util.Set;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.KernelConf.RuleMark;
import org.keyferry.settings.StrongswanConf;

/// What strongswan.conf says about the kernel, in the kernel's words.
///
/// @param multicastNetwork interface towards a network whose multicasts go to peers, too
record XfrmOptions(KernelConf conf, Optional<String> multicastNetwork) {
    XfrmOptions(KernelConf conf) {
        this(conf, Optional.empty());
    }

    static XfrmOptions of(StrongswanConf conf) {
        return new XfrmOptions(conf.kernel(), conf.lan().forecast().network());
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

    /// Names or numbers of tables that do not count when a way is looked up.
    Set<String> ignoredTables() {
        return conf.routes().ignoredTables();
    }

    /// Where routes go.
    int table() {
        return routingTable() == 0 ? Route.TABLE_MAIN : routingTable();
    }

    /// States in transport mode select by protocol and ports, too.
    boolean portsInTransport() {
        return conf.protoPortTransportSa();
    }

    /// Mark with which ways are looked up; 0 for none. Packets with the mark of an inverted rule do
    /// not see our table.
    int lookupMark() {
        return conf.routes()
                .fwmark()
                .filter(RuleMark::inverted)
                .map(rule -> rule.mark().value())
                .orElse(0);
    }

    boolean wantsRule() {
        return installRoutes() && routingTable() != 0;
    }
}
