package org.keyferry.engine.sa;

import java.time.Instant;
import org.keyferry.engine.Ids;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.wire.Bytes;

/// One CHILD_SA of an IKE_SA.
///
/// @param keys what [KernelOp.InstallChild] got, kept for the snapshot: encryption in, integrity
///   in, encryption out, integrity out, each empty if there is none
public record ChildSa(
        ChildInstallation installation,
        Ids.ReqidKey reqidKey,
        State state,
        Instant installed,
        Keys keys) {
    public enum State {
        INSTALLING,
        INSTALLED,
        DELETING
    }

    /// Key bytes that never print.
    public record Keys(Bytes encrIn, Bytes integIn, Bytes encrOut, Bytes integOut) {
        public static Keys of(DirectionKeys keys) {
            return new Keys(
                    Bytes.of(keys.encrIn().array()),
                    keys.integIn() == null ? Bytes.EMPTY : Bytes.of(keys.integIn().array()),
                    Bytes.of(keys.encrOut().array()),
                    keys.integOut() == null ? Bytes.EMPTY : Bytes.of(keys.integOut().array()));
        }

        @Override
        public String toString() {
            return "Keys(hidden)";
        }
    }

    public ChildSa with(State next, Instant since) {
        return new ChildSa(installation, reqidKey, next, since, keys);
    }

    public ChildView view() {
        return new ChildView(installation, state.name(), installed);
    }

    public String name() {
        return installation.config().name();
    }
}
