/// Policies that stand without a CHILD_SA: traps, which bring one up when a packet needs it, and
/// shunts.
package org.keyferry.daemon.policies;
