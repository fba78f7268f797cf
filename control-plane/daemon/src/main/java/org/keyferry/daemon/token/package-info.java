/// Private keys and certificates on tokens (PKCS#11). A module is native code that waits for
/// hardware: each has a thread of its own, and who needs it waits for it, nobody else.
package org.keyferry.daemon.token;
