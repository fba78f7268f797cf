/// Policies that stand without an SA: traps and shunts.
package org.keyferry.daemon.policies;
