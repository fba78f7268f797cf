/// Authentication with SIM cards, as far as it is arithmetic: Milenage in software (3GPP TS
/// 35.206), sequence numbers (TS 33.102 Annex C) and the keys of EAP-SIM, EAP-AKA and EAP-AKA' (RFC
/// 4186, 4187, 9048). Through Bouncy Castle's lightweight API: one block of AES, and SHA-1's
/// compression without its padding, are more than JCA offers.
package org.keyferry.crypto.sim;
