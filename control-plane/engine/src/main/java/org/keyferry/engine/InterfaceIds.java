package org.keyferry.engine;

import org.keyferry.settings.model.InterfaceId;

/// XFRM interface ids as numbers.
///
/// @param in unsigned; 0 means none, likewise `out`
public record InterfaceIds(int in, int out) {
    public static final InterfaceIds NONE = new InterfaceIds(0, 0);

    /// Gives numbers to what is configured as `%unique` and `%unique-dir`.
    ///
    /// @param otherwise where nothing is configured
    public static InterfaceIds resolve(
            InterfaceId wantedIn, InterfaceId wantedOut, InterfaceIds otherwise, Ids ids) {
        int in = wantedIn.isNone() ? otherwise.in : number(wantedIn, ids);
        boolean same =
                wantedIn.kind() == InterfaceId.Kind.UNIQUE
                        && wantedOut.kind() == InterfaceId.Kind.UNIQUE;
        int out = wantedOut.isNone() ? otherwise.out : same ? in : number(wantedOut, ids);
        return new InterfaceIds(in, out);
    }

    private static int number(InterfaceId wanted, Ids ids) {
        return switch (wanted.kind()) {
            case FIXED -> wanted.value();
            case UNIQUE, UNIQUE_DIR -> ids.nextInterfaceId();
        };
    }
}
