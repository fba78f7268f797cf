package org.keyferry.daemon.vici;

import java.util.List;
import java.util.Map;
import org.keyferry.daemon.vici.SaTargets.Target;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `rekey`: replaces CHILD_SAs if the request names any, else IKE_SAs. Nobody waits for it.
final class Rekey {
    private static final long NOBODY_WAITS = 0;

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
        List<Target> targets = SaTargets.of(selector, parts.shards());
        if (targets.isEmpty()) {
            return answer(0, "no matching SAs to rekey found");
        }
        if (!selector.selectsChildren()) {
            return answer(targets.size(), "rekeying IKE_SAs is not supported yet");
        }
        parts.log().log(Group.CFG, 1, "vici rekey of %d CHILD_SAs", targets.size());
        for (Target target : targets) {
            parts.shards()
                    .give(target.shard(), new Input.RekeyChild(NOBODY_WAITS, target.uniqueId()));
        }
        return answer(targets.size(), "");
    }

    /// @param errmsg empty for success
    private static ViciMessage answer(int matches, String errmsg) {
        var out = ViciMessage.builder().put("success", errmsg.isEmpty() ? "yes" : "no");
        out.put("matches", matches);
        if (!errmsg.isEmpty()) {
            out.put("errmsg", errmsg);
        }
        return out.build();
    }
}
