package org.keyferry.daemon.dataplane;

import java.io.IOException;
import org.keyferry.settings.StrongswanConf;
import org.keyferry.wire.Transform;

/// Dataplanes by name.
public final class Dataplanes {
    /// The Linux kernel's IPsec.
    public static final String XFRM = "xfrm";

    /// Accepts everything, carries nothing.
    public static final String NULL = "null";

    private Dataplanes() {}

    /// Whether the kernel has a name for this cipher or integrity algorithm; if it also has the
    /// algorithm, only trying tells.
    public static boolean canName(Transform transform) {
        return KernelAlgorithms.isKnown(transform);
    }

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
