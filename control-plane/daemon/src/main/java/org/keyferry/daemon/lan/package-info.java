/// Peers with virtual IPs at home in the network behind this host: DHCP and ARP on their behalf.
package org.keyferry.daemon.lan;
