package org.keyferry.engine.trust;

import java.util.List;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// What a peer brought to show that it is who it says.
///
/// @param peer who it says it is
/// @param method of its AUTH payload
/// @param auth data of its AUTH payload
/// @param octets that should be signed, see [org.keyferry.crypto.AuthOctets]
/// @param certificates X.509 in DER from its CERT payloads, as they came
/// @param located payloads that tell certificates by hash and URL
/// @param stapled answers of OCSP responders that were asked for
/// @param announced hashes that we told it to use
public record Evidence(
        Identification peer,
        int method,
        Bytes auth,
        Bytes octets,
        List<Bytes> certificates,
        List<Bytes> located,
        List<Bytes> stapled,
        List<SignatureHash> announced) {
    public Evidence {
        certificates = List.copyOf(certificates);
        located = List.copyOf(located);
        stapled = List.copyOf(stapled);
        announced = List.copyOf(announced);
    }
}
