/// EAP-SIM (RFC 4186), EAP-AKA (RFC 4187) and EAP-AKA' (RFC 9048) in both roles: full
/// authentication, pseudonyms and fast re-authentication.
package org.keyferry.engine.eap.sim;
