/// XFRM, the kernel's IPsec: states (SAs), policies, their attributes and events as records, and
/// [Xfrm] to ask for them. Layouts are those of a 64-bit kernel's `linux/xfrm.h`, up to Linux 6.18.
package org.keyferry.netlink.xfrm;
