package org.keyferry.cli.load;

import java.nio.file.Path;
import org.keyferry.settings.Origin;

/// One thing that could not be loaded. The message reads `file:line: what: reason` and never holds
/// a secret.
public final class LoadFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Origin origin;
    private final String what;
    private final String reason;

    LoadFailure(Origin origin, String what, String reason) {
        super(origin + ": " + what + ": " + reason);
        this.origin = origin;
        this.what = what;
        this.reason = reason;
    }

    LoadFailure(Path file, String what, String reason) {
        this(new Origin(file.toString(), 0), what, reason);
    }

    public Origin origin() {
        return origin;
    }

    /// Such as `connections.gw`, or the kind of a file.
    public String what() {
        return what;
    }

    public String reason() {
        return reason;
    }
}
