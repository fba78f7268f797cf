/// What the daemon is configured to do: strongswan.conf, swanctl.conf, and what VICI clients load.
package org.keyferry.daemon.config;
