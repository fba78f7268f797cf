/// Typed access to the few Linux system calls that the JDK does not offer: netlink sockets, socket
/// options on any descriptor, `poll`, `eventfd` and network namespaces. Every failure is a
/// [LinuxError] that names the call, the `errno` and its text.
package org.keyferry.nativeshim;
