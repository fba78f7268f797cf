package org.keyferry.engine;

import java.util.List;
import java.util.Optional;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// The answer to an [AddressRequest].
///
/// @param given an entry for each wanted address, in the same order; empty where there was none
/// @param attributes that the peer is told, without addresses
/// @param shortage why an address was not given, a sentence; empty if all were
public record AddressAnswer(
        List<Optional<IpAddress>> given, List<ConfigAttribute> attributes, String shortage) {
    public AddressAnswer {
        given = List.copyOf(given);
        attributes = List.copyOf(attributes);
    }

    /// @param why a sentence
    public static AddressAnswer nothing(AddressRequest request, String why) {
        return new AddressAnswer(
                request.wanted().stream().map(_ -> Optional.<IpAddress>empty()).toList(),
                List.of(),
                why);
    }

    /// Addresses that were given.
    public List<IpAddress> addresses() {
        return given.stream().flatMap(Optional::stream).toList();
    }
}
