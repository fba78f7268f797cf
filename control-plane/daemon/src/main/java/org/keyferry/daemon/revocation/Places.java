package org.keyferry.daemon.revocation;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.wire.Bytes;

/// Where to ask about the certificates of a CA, besides what they say themselves.
///
/// @param byAuthority by the CA's key
public record Places(Map<Bytes, OfAuthority> byAuthority) {
    private static final OfAuthority NONE = new OfAuthority(List.of(), List.of());

    /// @param crls URIs of lists
    /// @param responders URIs of OCSP responders
    public record OfAuthority(List<String> crls, List<String> responders) {
        public OfAuthority {
            crls = List.copyOf(crls);
            responders = List.copyOf(responders);
        }

        /// With those of a section about the same CA.
        public OfAuthority and(OfAuthority other) {
            return new OfAuthority(
                    Stream.concat(crls.stream(), other.crls.stream()).toList(),
                    Stream.concat(responders.stream(), other.responders.stream()).toList());
        }
    }

    public Places {
        byAuthority = Map.copyOf(byAuthority);
    }

    OfAuthority of(Certificate issuer) {
        return byAuthority.getOrDefault(issuer.keyInfo(), NONE);
    }
}
