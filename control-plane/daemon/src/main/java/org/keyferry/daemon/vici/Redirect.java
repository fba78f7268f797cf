package org.keyferry.daemon.vici;

import java.util.Map;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;

/// `redirect`, which is refused.
final class Redirect {
    static Map<String, ViciCommand> table() {
        return Map.of(
                "redirect",
                request ->
                        ViciMessage.failure(
                                request.message().has("gateway")
                                        ? "redirecting peers is not supported yet"
                                        : "missing target gateway"));
    }

    private Redirect() {}
}
