/// RADIUS packets: bytes to records and back, authenticators, hidden values. No I/O.
package org.keyferry.daemon.radius.packet;
