package org.keyferry.settings.model;

import java.util.List;
import org.keyferry.wire.IpAddress;

/// Addresses inside the tunnel that one side has from the other.
///
/// @param vips that this side asks for as initiator; the unspecified address asks for any of its
///   family
/// @param pools from which peers get theirs, by name, in the order in which they are tried
public record Addressing(List<IpAddress> vips, List<String> pools) {
    /// Each side uses the addresses that it has.
    public static final Addressing NONE = new Addressing(List.of(), List.of());

    public Addressing {
        vips = List.copyOf(vips);
        pools = List.copyOf(pools);
    }
}
