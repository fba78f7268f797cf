package org.keyferry.settings.model;

import org.keyferry.wire.AddressRange;

/// One entry of `local_addrs` or `remote_addrs`.
public sealed interface AddressSpec {
    /// `%any`: every address of both families.
    record Any() implements AddressSpec {
        @Override
        public String toString() {
            return "%any";
        }
    }

    /// A literal address, a subnet or a range.
    record Range(AddressRange range) implements AddressSpec {
        @Override
        public String toString() {
            boolean single = range.first().equals(range.last());
            return single ? range.first().toString() : range.toString();
        }
    }

    /// A DNS name, resolved each time it is used.
    record HostName(String name) implements AddressSpec {
        @Override
        public String toString() {
            return name;
        }
    }
}
