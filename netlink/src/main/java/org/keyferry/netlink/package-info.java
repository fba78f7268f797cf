/// Netlink as the kernel speaks it: message frames, attributes, errors, and the [KernelLink] that
/// carries requests. Integers are in host byte order unless a field says otherwise.
package org.keyferry.netlink;
