/// IKE and CHILD SAs as a library of state machines without sockets, threads, clocks or randomness
/// of their own: inputs go in with the time, effects come out (RFC 7296).
package org.keyferry.engine;
