package org.keyferry.daemon.vici;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.shard.Shards.Placed;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `list-sas`: one event for each IKE_SA, oldest first. SAs are asked for in small groups, so that
/// however many there are, none waits for the listing.
final class ListSas {
    private static final int SAS_AT_A_TIME = 128;

    private final Commands.Parts parts;

    ListSas(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("list-sas", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        var listing = new Listing(request);
        var selector = listing.selector;
        if (selector.ike().isPresent()) {
            listing.tell(parts.shards().viewsOf(selector.ike().get()));
        } else {
            parts.shards().visit(SAS_AT_A_TIME, listing::tell);
        }
        return ViciMessage.EMPTY;
    }

    /// One request on its way through the SAs.
    private final class Listing {
        private final ViciRequest request;
        private final SaSelector selector;

        /// Read from the kernel once, and not at all if no CHILD_SA is there.
        private Optional<Map<StateKey, Counters>> counters = Optional.empty();

        Listing(ViciRequest request) {
            this.request = request;
            this.selector = SaSelector.of(request.message());
        }

        /// @return whether the client wants more
        boolean tell(List<Placed> some) {
            some.stream().map(Placed::view).filter(selector::allowsIke).forEach(this::tell);
            return !request.cancelled() && request.wants("list-sa");
        }

        private void tell(IkeView ike) {
            List<ChildView> children =
                    ike.children().stream().filter(selector::allowsChild).toList();
            if (!children.isEmpty() && counters.isEmpty()) {
                counters = Optional.of(parts.dataplane().counters());
            }
            ViciMessage sa =
                    SaMessages.whole(
                            ike,
                            children,
                            counters.orElse(Map.of()),
                            parts.clock().now(),
                            Instant.now());
            request.stream(
                    "list-sa", ViciMessage.builder().section(ike.connection().name(), sa).build());
        }
    }
}
