/// IKE messages: bytes to records and back (RFC 7296, RFC 7383). Remembers nothing.
package org.keyferry.wire;
