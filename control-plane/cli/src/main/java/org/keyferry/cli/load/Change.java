package org.keyferry.cli.load;

import java.util.List;

/// What a load would do to one thing that is no connection.
///
/// @param details options that differ, or what should be known besides
public record Change(Kind kind, String name, Fate fate, List<String> details) {
    public enum Fate {
        ADDED,
        /// Known to differ.
        REPLACED,
        /// There already; the daemon does not tell whether it is the same.
        LOADED_AGAIN,
        UNCHANGED,
        REMOVED
    }
}
