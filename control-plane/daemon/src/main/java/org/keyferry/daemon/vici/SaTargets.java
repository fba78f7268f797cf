package org.keyferry.daemon.vici;

import java.util.ArrayList;
import java.util.List;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.daemon.shard.Shards.Placed;
import org.keyferry.engine.sa.ChildView;

/// The SAs that a request means: CHILD_SAs if it names any, else IKE_SAs.
final class SaTargets {
    /// @param child whether the unique id is that of a CHILD_SA
    record Target(int shard, boolean child, int uniqueId) {}

    static List<Target> of(SaSelector selector, Shards shards) {
        return selector.selectsChildren() ? children(selector, shards) : ikeSas(selector, shards);
    }

    private static List<Target> ikeSas(SaSelector selector, Shards shards) {
        return shards.views().stream()
                .filter(placed -> selector.namesIke(placed.view()))
                .map(placed -> new Target(placed.shard(), false, placed.view().uniqueId()))
                .toList();
    }

    private static List<Target> children(SaSelector selector, Shards shards) {
        var targets = new ArrayList<Target>();
        for (Placed placed : shards.views()) {
            if (selector.allowsIke(placed.view())) {
                for (ChildView child : placed.view().children()) {
                    if (selector.allowsChild(child)) {
                        int id = child.installation().childUniqueId();
                        targets.add(new Target(placed.shard(), true, id));
                    }
                }
            }
        }
        return targets;
    }

    private SaTargets() {}
}
