package org.keyferry.daemon.vici;

import java.util.Map;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `rekey`, which is refused as long as the engine does not begin it.
final class Rekey {
    private final Commands.Parts parts;

    Rekey(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("rekey", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        var selector = SaSelector.of(request.message());
        if (selector.isEmpty()) {
            return ViciMessage.failure("missing rekey selector");
        }
        int matches = SaTargets.of(selector, parts.shards()).size();
        return ViciMessage.builder()
                .put("success", "no")
                .put("matches", matches)
                .put(
                        "errmsg",
                        matches == 0
                                ? "no matching SAs to rekey found"
                                : "rekeying is not supported yet")
                .build();
    }
}
