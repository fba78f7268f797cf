/// PKCS#11 version 2.40, the interface of tokens: as much of it as finding objects and signing
/// take.
package org.keyferry.nativeshim.cryptoki;
