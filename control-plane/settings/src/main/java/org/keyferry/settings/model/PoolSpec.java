package org.keyferry.settings.model;

import java.util.List;

/// A section of `pools`, as it is written.
///
/// @param addrs a subnet or a range
public record PoolSpec(String name, String addrs, List<Attribute> attributes) {
    public PoolSpec {
        attributes = List.copyOf(attributes);
    }

    /// What a peer is told, by charon's name of it or by its number.
    public record Attribute(String name, String value) {}
}
