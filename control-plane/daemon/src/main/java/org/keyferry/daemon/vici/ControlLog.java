package org.keyferry.daemon.vici;

import java.util.function.Consumer;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.engine.Event.Group;
import org.keyferry.vici.ViciRequest;

/// The `control-log` events of a running command: the lines of the SAs that it works on.
final class ControlLog implements Consumer<LogLine> {
    private static final int DEFAULT_LEVEL = 1;
    private static final int SILENT = -1;

    private final ViciRequest request;
    private final int level;

    /// @param timeoutMillis negative if the command does not wait, and therefore sends no lines
    ControlLog(ViciRequest request, int timeoutMillis) {
        this.request = request;
        boolean wanted = timeoutMillis >= 0 && request.wants("control-log");
        this.level = wanted ? request.message().getInt("loglevel", DEFAULT_LEVEL) : SILENT;
    }

    /// Up to which level lines are wanted, -1 for none.
    int level() {
        return level;
    }

    @Override
    public void accept(LogLine line) {
        request.stream("control-log", LogMessages.controlEvent(line));
    }

    /// A line that belongs to no SA.
    void say(Group group, String message) {
        if (level >= 1) {
            accept(new LogLine(group, 1, 0, "", 0, message));
        }
    }
}
