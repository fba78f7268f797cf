/// Whether peers are there, as the kernel's counters show it.
package org.keyferry.daemon.liveness;
