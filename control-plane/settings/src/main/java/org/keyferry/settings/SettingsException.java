package org.keyferry.settings;

/// A configuration that cannot be loaded. The message reads `file:line: key: reason`; it never
/// holds the value of a secret.
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What kind of mistake it is; VICI answers with a different text for each.
    public enum Problem {
        /// The file, or one that it needs, cannot be read.
        UNREADABLE,
        /// The text breaks the grammar.
        SYNTAX,
        /// A key or section that does not exist at this place.
        UNKNOWN_OPTION,
        /// A value outside of what its key takes.
        INVALID_VALUE,
        /// A right value of an existing key which is not supported here.
        NOT_SUPPORTED,
    }

    private final Problem problem;
    private final transient Origin origin;
    private final String key;
    private final String reason;

    /// @param key name of the option or section, empty if the mistake belongs to none
    public SettingsException(Problem problem, Origin origin, String key, String reason) {
        super(origin + ": " + (key.isEmpty() ? "" : key + ": ") + reason);
        this.problem = problem;
        this.origin = origin;
        this.key = key;
        this.reason = reason;
    }

    public Problem problem() {
        return problem;
    }

    public Origin origin() {
        return origin;
    }

    public String key() {
        return key;
    }

    public String reason() {
        return reason;
    }
}
