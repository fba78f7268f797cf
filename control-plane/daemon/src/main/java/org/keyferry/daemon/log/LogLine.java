package org.keyferry.daemon.log;

import org.keyferry.engine.Event.Group;

/// One line of the log.
///
/// @param level 0 important, 1 default, 2 detail, 3 raw
/// @param thread number of the thread that wrote it, 0 to 99
/// @param ikeName connection name of the IKE_SA concerned, else empty
/// @param ikeUniqueId 0 where no IKE_SA is concerned
/// @param format what all lines of this kind have in common: the message before its values are in
public record LogLine(
        Group group,
        int level,
        int thread,
        String ikeName,
        int ikeUniqueId,
        String message,
        String format) {
    /// A line without values.
    public LogLine(
            Group group, int level, int thread, String ikeName, int ikeUniqueId, String message) {
        this(group, level, thread, ikeName, ikeUniqueId, message, message);
    }

    public boolean hasIkeSa() {
        return ikeUniqueId != 0;
    }
}
