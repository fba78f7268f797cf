package org.keyferry.daemon.vici;

import java.util.List;
import java.util.Map;
import org.keyferry.daemon.vici.SaTargets.Target;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;

/// `rekey`: replaces CHILD_SAs if the request names any, else IKE_SAs, by rekeying or, with
/// `reauth`, by setting them up anew. Nobody waits for it.
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
        boolean children = selector.selectsChildren();
        boolean reauth = request.message().getBool("reauth", false);
        parts.log().log(
                Group.CFG,
                1,
                "vici %s of %d %s",
                reauth && !children ? "reauthentication" : "rekey",
                targets.size(),
                children ? "CHILD_SAs" : "IKE_SAs");
        for (Target target : targets) {
            parts.shards().give(target.shard(), input(target.uniqueId(), children, reauth));
        }
        return answer(targets.size(), "");
    }

    private static Input input(int uniqueId, boolean child, boolean reauth) {
        if (child) {
            return new Input.RekeyChild(NOBODY_WAITS, uniqueId);
        }
        return reauth
                ? new Input.Reauthenticate(NOBODY_WAITS, uniqueId)
                : new Input.RekeyIke(NOBODY_WAITS, uniqueId);
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
