/// Closes what nobody uses.
package org.keyferry.daemon.inactivity;
