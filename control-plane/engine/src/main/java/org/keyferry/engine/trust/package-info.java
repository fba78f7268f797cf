/// Who a peer is: certificates, signatures, and the rules that a connection has for them.
package org.keyferry.engine.trust;
