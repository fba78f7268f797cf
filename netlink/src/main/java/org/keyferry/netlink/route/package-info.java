/// rtnetlink: links, addresses, routes and rules as records, and [Routes] to ask for them.
package org.keyferry.netlink.route;
