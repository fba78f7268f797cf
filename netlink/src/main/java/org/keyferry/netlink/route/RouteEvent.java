package org.keyferry.netlink.route;

import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.StructReader;

/// What changed in links, addresses, routes and rules.
public sealed interface RouteEvent {
    /// A link is new or has changed.
    record LinkChanged(Link link) implements RouteEvent {}

    /// A link is gone.
    record LinkRemoved(Link link) implements RouteEvent {}

    /// An address is new or has changed, such as no longer being tentative.
    record AddressChanged(InterfaceAddress address) implements RouteEvent {}

    /// An address is gone.
    record AddressRemoved(InterfaceAddress address) implements RouteEvent {}

    /// A route is new or has changed.
    record RouteChanged(Route route) implements RouteEvent {}

    /// A route is gone.
    record RouteRemoved(Route route) implements RouteEvent {}

    /// A rule is new.
    record RuleAdded(RouteRule rule) implements RouteEvent {}

    /// A rule is gone.
    record RuleRemoved(RouteRule rule) implements RouteEvent {}

    /// Of another family (bridges, multicast routing, MPLS) or of a newer kernel.
    record Unrecognized(int messageType) implements RouteEvent {}

    static RouteEvent decode(NetlinkMessage message) throws MalformedKernelMessage {
        StructReader in = message.body();
        if (!isOurs(message)) return new Unrecognized(message.type());
        return switch (message.type()) {
            case RouteMessageType.NEWLINK -> new LinkChanged(Link.decode(in));
            case RouteMessageType.DELLINK -> new LinkRemoved(Link.decode(in));
            case RouteMessageType.NEWADDR -> new AddressChanged(InterfaceAddress.decode(in));
            case RouteMessageType.DELADDR -> new AddressRemoved(InterfaceAddress.decode(in));
            case RouteMessageType.NEWROUTE -> new RouteChanged(Route.decode(in));
            case RouteMessageType.DELROUTE -> new RouteRemoved(Route.decode(in));
            case RouteMessageType.NEWRULE -> new RuleAdded(RouteRule.decode(in));
            case RouteMessageType.DELRULE -> new RuleRemoved(RouteRule.decode(in));
            default -> new Unrecognized(message.type());
        };
    }

    /// All these messages begin with the family, which for links is unspecified.
    private static boolean isOurs(NetlinkMessage message) throws MalformedKernelMessage {
        int family = message.body().peekU8("family");
        boolean isLink =
                message.type() == RouteMessageType.NEWLINK
                        || message.type() == RouteMessageType.DELLINK;
        return isLink
                ? family == AddressFamily.UNSPECIFIED.number()
                : AddressFamily.isKnown(family);
    }
}
