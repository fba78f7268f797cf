/// The `keyferry` command: talks VICI to Keyferry or charon, and netlink to the kernel for `xfrm`.
package org.keyferry.cli;
