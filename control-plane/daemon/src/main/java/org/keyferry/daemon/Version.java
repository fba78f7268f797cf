package org.keyferry.daemon;

import java.util.Optional;

/// Which Keyferry this is.
public final class Version {
    /// As the jar's manifest tells; `unpackaged` where there is none.
    public static final String TEXT =
            Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                    .orElse("unpackaged");

    private Version() {}
}
