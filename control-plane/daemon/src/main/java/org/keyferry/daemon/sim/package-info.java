/// Where credentials of SIM cards come from: files, secrets of swanctl.conf, and a script that is
/// asked.
package org.keyferry.daemon.sim;
