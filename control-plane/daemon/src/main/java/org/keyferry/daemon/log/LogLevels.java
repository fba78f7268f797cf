package org.keyferry.daemon.log;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.keyferry.engine.Event.Group;

/// Up to which level each group is printed: -1 silent to 4.
public final class LogLevels {
    private final Map<Group, Integer> byGroup = new EnumMap<>(Group.class);

    private LogLevels() {}

    public static LogLevels of(int levelOfAll) {
        return of(levelOfAll, Map.of());
    }

    /// @param differing levels of groups, named as in strongswan.conf: `ike`, `knl`
    public static LogLevels of(int levelOfOthers, Map<String, Integer> differing) {
        var levels = new LogLevels();
        for (Group group : Group.values()) {
            String name = group.name().toLowerCase(Locale.ROOT);
            levels.byGroup.put(group, differing.getOrDefault(name, levelOfOthers));
        }
        return levels;
    }

    int of(Group group) {
        return byGroup.get(group);
    }

    int highest() {
        return byGroup.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
