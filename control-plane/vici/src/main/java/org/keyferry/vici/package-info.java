/// VICI, the control protocol of strongSwan's daemon: packets and messages, server and client.
package org.keyferry.vici;
