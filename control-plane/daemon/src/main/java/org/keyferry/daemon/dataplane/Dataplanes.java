package org.keyferry.daemon.dataplane;

import java.io.IOException;
import org.keyferry.settings.StrongswanConf;

/// Dataplanes by name.
public final class Dataplanes {
    /// The Linux kernel's IPsec.
    public static final String XFRM = "xfrm";

    /// Accepts everything, carries nothing.
    public static final String NULL = "null";

    private Dataplanes() {}

    /// Opens one in the calling thread's network namespace.
    ///
    /// @param name [#XFRM] or [#NULL]
    /// @throws IOException if the kernel refuses, with the reason
    /// @throws IllegalArgumentException if there is none of that name
    public static Dataplane open(String name, StrongswanConf conf) throws IOException {
        return switch (name) {
            case XFRM -> XfrmDataplane.open(XfrmOptions.of(conf));
            case NULL -> new NullDataplane();
            default ->
                    throw new IllegalArgumentException(
                            "no dataplane '" + name + "', there are " + XFRM + " and " + NULL);
        };
    }
}
