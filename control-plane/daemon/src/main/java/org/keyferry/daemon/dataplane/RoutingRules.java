package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.route.RouteRule;
import org.keyferry.netlink.route.Routes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rules, one per family, that lead to the table with the routes of CHILD_SAs.
final class RoutingRules {
    private static final Logger LOG = LoggerFactory.getLogger(RoutingRules.class);

    private final Routes routes;
    private final List<RouteRule> added = new ArrayList<>();

    RoutingRules(Routes routes) {
        this.routes = routes;
    }

    /// A rule that is there already is used, and left there; a family that the kernel lacks goes
    /// without.
    ///
    /// @return never fails
    CompletableFuture<Void> add(XfrmOptions options) {
        var all = new ArrayList<CompletableFuture<Void>>();
        for (AddressFamily family : List.of(AddressFamily.IPV4, AddressFamily.IPV6)) {
            RouteRule rule = rule(family, options);
            all.add(routes.addRule(rule).handle((_, failure) -> note(rule, failure)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private static RouteRule rule(AddressFamily family, XfrmOptions options) {
        var rule = RouteRule.lookup(family, options.rulePriority(), options.table());
        return options.conf()
                .routes()
                .fwmark()
                .map(f -> rule.withMark(f.mark().value(), f.mark().mask(), f.inverted()))
                .orElse(rule);
    }

    /// Removes what was added here.
    CompletableFuture<Settled> remove() {
        synchronized (added) {
            var requests = added.stream().map(routes::deleteRule).toList();
            added.clear();
            return Settled.of(requests);
        }
    }

    private Void note(RouteRule rule, Throwable failure) {
        if (failure == null) {
            synchronized (added) {
                added.add(rule);
            }
        } else if (!Refusals.is(failure, Errno.EEXIST)) {
            LOG.warn("no {} routes: {}", rule.family(), Refusals.cause(failure).getMessage());
        }
        return null;
    }
}
