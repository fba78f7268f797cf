/// Revocation asked for over the network: CRLs and OCSP, fetched, checked, kept and shared.
package org.keyferry.daemon.revocation;
