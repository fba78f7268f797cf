/// A seeded world for the engine: network, clock, kernel and randomness that replay from one
/// number.
package org.keyferry.sim;
