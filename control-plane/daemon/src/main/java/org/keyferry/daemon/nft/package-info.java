/// Changes to the kernel's packet filter.
package org.keyferry.daemon.nft;
