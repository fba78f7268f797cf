package org.keyferry.daemon.vici;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.shard.Shards.Placed;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `list-sas`: one event for each IKE_SA, oldest first.
final class ListSas {
    private final Commands.Parts parts;

    ListSas(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("list-sas", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        var selector = SaSelector.of(request.message());
        List<IkeView> selected =
                parts.shards().views().stream()
                        .map(Placed::view)
                        .filter(selector::allowsIke)
                        .sorted(Comparator.comparingInt(IkeView::uniqueId))
                        .toList();
        boolean childless = selected.stream().allMatch(ike -> ike.children().isEmpty());
        Map<StateKey, Counters> counters = childless ? Map.of() : parts.dataplane().counters();
        for (IkeView ike : selected) {
            if (request.cancelled()) {
                break;
            }
            List<ChildView> children =
                    ike.children().stream().filter(selector::allowsChild).toList();
            ViciMessage sa =
                    SaMessages.whole(ike, children, counters, parts.clock().now(), Instant.now());
            request.stream(
                    "list-sa", ViciMessage.builder().section(ike.connection().name(), sa).build());
        }
        return ViciMessage.EMPTY;
    }
}
