package org.keyferry.daemon.log;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Logging.Levels;

/// Up to which level each group is printed: -1 silent to 4.
public final class LogLevels {
    private final Map<Group, Integer> byGroup = new EnumMap<>(Group.class);

    private LogLevels() {}

    public static LogLevels of(int levelOfAll) {
        return of(new Levels(levelOfAll, Map.of()));
    }

    /// @param levels of groups named as in strongswan.conf: `ike`, `knl`
    public static LogLevels of(Levels levels) {
        var result = new LogLevels();
        for (Group group : Group.values()) {
            result.byGroup.put(group, levels.of(group.name().toLowerCase(Locale.ROOT)));
        }
        return result;
    }

    int of(Group group) {
        return byGroup.get(group);
    }

    int highest() {
        return byGroup.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
