/// Real netlink sockets: [NetlinkLink] for requests and [EventSocket] for multicast events. One
/// platform thread each.
package org.keyferry.netlink.socket;
