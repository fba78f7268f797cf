/// Name servers that peers give us, for this host's resolver.
package org.keyferry.daemon.resolver;
