/// Cryptography of IKEv2 (RFC 7296 §2.12 to §2.18): transforms, key exchange, the key schedule, the
/// SK payload and shared-key authentication. Keys live and die here.
///
/// Several libraries offer the same algorithms at very different speed, so each algorithm lists its
/// candidates, fastest first. At first use the first one that is present and gives a published
/// answer to a published question is taken ([Algorithms#providerOf] names it). Conscrypt and the
/// Amazon Corretto Crypto Provider (ACCP) need native code and may be missing: whatever they serve,
/// the JDK or Bouncy Castle serves too. The system property `keyferry.crypto.without`, a comma list
/// of `conscrypt` and `accp`, leaves them out.
///
/// Ciphers, MACs, ML-KEM and native key agreement go through JCA. Curves that only Bouncy Castle
/// has, and public values made from given private ones, use its lightweight API: JCA has no call
/// that turns a private key into its public value.
package org.keyferry.crypto;
