/// EAP-SIM (RFC 4186), EAP-AKA (RFC 4187) and EAP-AKA' (RFC 9048): full authentication in both
/// roles. There are no pseudonyms and no fast re-authentication: a server gives none, a client does
/// not take them up.
package org.keyferry.engine.eap.sim;
