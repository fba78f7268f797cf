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
/// @param rekeyAt when this side replaces it; [Instant#MAX] for never
/// @param expiresAt when it ends at the latest; [Instant#MAX] for never
/// @param replacedBy unique id of the CHILD_SA that replaces it, 0 for none
/// @param keyAge how old the key exchange is that its keys come of
public record ChildSa(
        ChildInstallation installation,
        Ids.ReqidKey reqidKey,
        State state,
        Instant installed,
        Keys keys,
        Instant rekeyAt,
        Instant expiresAt,
        int replacedBy,
        KeyAge keyAge) {
    /// Since when keys of a key exchange are not renewed by another one.
    ///
    /// @param without rekeyings that had none since
    public record KeyAge(int without, Instant last) {}

    /// As VICI names them.
    public enum State {
        INSTALLING,
        INSTALLED,
        /// Our exchange that replaces it is under way.
        REKEYING,
        /// Its replacement is there; one side is about to delete it.
        REKEYED,
        DELETING,
        /// Only its inbound half is left, for packets that are late.
        DELETED
    }

    /// Not in the kernel yet.
    public static ChildSa installing(
            ChildInstallation installation, Ids.ReqidKey reqidKey, Keys keys, KeyAge keyAge) {
        return new ChildSa(
                installation,
                reqidKey,
                State.INSTALLING,
                Instant.MAX,
                keys,
                Instant.MAX,
                Instant.MAX,
                0,
                keyAge);
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

    /// In the kernel since `now`, from where its lifetime counts.
    public ChildSa installed(Instant now) {
        return new ChildSa(
                installation,
                reqidKey,
                State.INSTALLED,
                now,
                keys,
                after(now, installation.softSeconds()),
                after(now, installation.hardSeconds()),
                0,
                keyAge);
    }

    private static Instant after(Instant now, long seconds) {
        return seconds == 0 ? Instant.MAX : now.plusSeconds(seconds);
    }

    /// Elsewhere in the kernel.
    public ChildSa moved(ChildInstallation there, Ids.ReqidKey key) {
        return new ChildSa(
                there, key, state, installed, keys, rekeyAt, expiresAt, replacedBy, keyAge);
    }

    public ChildSa with(State next) {
        return new ChildSa(
                installation,
                reqidKey,
                next,
                installed,
                keys,
                rekeyAt,
                expiresAt,
                replacedBy,
                keyAge);
    }

    public ChildSa rekeyAt(Instant at) {
        return new ChildSa(
                installation, reqidKey, state, installed, keys, at, expiresAt, replacedBy, keyAge);
    }

    /// Whose limits were reached.
    public ChildSa withoutLimits() {
        return new ChildSa(
                installation,
                reqidKey,
                state,
                installed,
                keys,
                Instant.MAX,
                Instant.MAX,
                replacedBy,
                keyAge);
    }

    /// @param successor unique id, 0 if there is none any more
    public ChildSa replacedBy(int successor) {
        State next = successor == 0 ? State.INSTALLED : State.REKEYED;
        return new ChildSa(
                installation,
                reqidKey,
                next,
                installed,
                keys,
                rekeyAt,
                expiresAt,
                successor,
                keyAge);
    }

    /// Of which only the inbound half is left.
    public ChildSa deleted(Instant until) {
        return new ChildSa(
                installation,
                reqidKey,
                State.DELETED,
                installed,
                keys,
                Instant.MAX,
                until.isBefore(expiresAt) ? until : expiresAt,
                replacedBy,
                keyAge);
    }

    public int uniqueId() {
        return installation.childUniqueId();
    }

    public ChildView view() {
        return new ChildView(installation, state.name(), installed);
    }

    public String name() {
        return installation.config().name();
    }
}
