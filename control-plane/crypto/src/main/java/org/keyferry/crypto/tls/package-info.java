/// TLS without sockets, for what travels inside of EAP. Loaded with the first login that needs it.
package org.keyferry.crypto.tls;
