/// X.509 certificates: parsing, identities, and the way from a peer's certificate to a trusted CA.
package org.keyferry.crypto.cert;
