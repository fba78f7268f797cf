package org.keyferry.daemon.vici;

import org.keyferry.daemon.log.LogLine;
import org.keyferry.vici.ViciMessage;

/// Log lines as `log` and `control-log` events.
final class LogMessages {
    static ViciMessage event(LogLine line) {
        return message(line, true);
    }

    static ViciMessage controlEvent(LogLine line) {
        return message(line, false);
    }

    private static ViciMessage message(LogLine line, boolean withThread) {
        var message =
                ViciMessage.builder().put("group", line.group().name()).put("level", line.level());
        if (withThread) {
            message.put("thread", line.thread());
        }
        if (line.hasIkeSa()) {
            message.put("ikesa-name", line.ikeName());
            message.put("ikesa-uniqueid", line.ikeUniqueId());
        }
        return message.put("msg", line.message()).build();
    }

    private LogMessages() {}
}
