/// The scripts that are told when a CHILD_SA comes and goes.
package org.keyferry.daemon.updown;
