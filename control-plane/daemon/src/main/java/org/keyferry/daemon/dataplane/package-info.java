/// Performs the engine's kernel operations: [XfrmDataplane] for Linux, [NullDataplane] for load
/// tests without ESP. Nothing outside of this package speaks XFRM.
package org.keyferry.daemon.dataplane;
