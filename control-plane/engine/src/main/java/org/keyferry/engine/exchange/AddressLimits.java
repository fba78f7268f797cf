package org.keyferry.engine.exchange;

import java.util.List;
import java.util.Optional;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.TrafficSelector;

/// Addresses that the peer may use by the certificates that it proved itself with (RFC 3779).
final class AddressLimits {
    /// Another round is over: what each of them allows is left.
    ///
    /// @param blocks of its certificate; empty if it limits nothing
    static void add(SaCore sa, Optional<List<AddressRange>> blocks) {
        if (blocks.isEmpty()) {
            return;
        }
        Optional<List<AddressRange>> both =
                sa.addressBlocks().map(former -> common(former, blocks.get()));
        sa.addressBlocks(both.or(() -> blocks));
    }

    private static List<AddressRange> common(List<AddressRange> one, List<AddressRange> other) {
        return TrafficSelection.narrow(selectors(one), selectors(other)).stream()
                .map(TrafficSelector::addresses)
                .toList();
    }

    private static List<TrafficSelector> selectors(List<AddressRange> ranges) {
        return ranges.stream().map(TrafficSelector::of).toList();
    }

    private AddressLimits() {}
}
