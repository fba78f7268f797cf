package org.keyferry.daemon.config;

import java.util.Locale;
import java.util.OptionalInt;

/// Something that a load does beyond the configuration itself.
///
/// @param shard where the SA lives, if one is meant
/// @param ikeId unique id of the IKE_SA, if one is meant
/// @param child empty if the whole IKE_SA is meant
/// @param childId unique id of the CHILD_SA, if one is meant
public record Touch(
        Action action,
        int shard,
        String ike,
        OptionalInt ikeId,
        String child,
        OptionalInt childId) {
    public enum Action {
        CLOSE,
        UNINSTALL_TRAP,
        INSTALL_TRAP,
        INITIATE;

        /// As a plan tells it.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Touch closeIke(int shard, String ike, int ikeId) {
        return new Touch(Action.CLOSE, shard, ike, OptionalInt.of(ikeId), "", OptionalInt.empty());
    }

    static Touch closeChild(int shard, String ike, int ikeId, String child, int childId) {
        return new Touch(
                Action.CLOSE, shard, ike, OptionalInt.of(ikeId), child, OptionalInt.of(childId));
    }

    /// @param action one that concerns no SA which is there
    static Touch of(Action action, String ike, String child) {
        return new Touch(action, 0, ike, OptionalInt.empty(), child, OptionalInt.empty());
    }
}
