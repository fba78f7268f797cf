/// Whether certificates were revoked: lists (RFC 5280 §5) and answers of OCSP responders (RFC
/// 6960). Nothing is fetched here.
package org.keyferry.crypto.revocation;
