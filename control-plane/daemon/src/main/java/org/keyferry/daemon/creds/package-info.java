/// Credentials that clients load: certificates, private keys, authorities and address pools. Looked
/// up by key id and by subject, as authentication needs them.
package org.keyferry.daemon.creds;
