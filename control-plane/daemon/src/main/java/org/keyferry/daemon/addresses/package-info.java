/// Addresses and attributes that peers get: pools in memory, and the seam for other sources.
package org.keyferry.daemon.addresses;
