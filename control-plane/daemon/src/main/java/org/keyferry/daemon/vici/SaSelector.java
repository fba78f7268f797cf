package org.keyferry.daemon.vici;

import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.vici.ViciMessage;

/// The keys by which commands select SAs.
record SaSelector(
        Optional<String> ike, OptionalInt ikeId, Optional<String> child, OptionalInt childId) {
    static SaSelector of(ViciMessage request) {
        return new SaSelector(
                request.getString("ike"),
                id(request, "ike-id"),
                request.getString("child"),
                id(request, "child-id"));
    }

    /// Ids count from 1; 0 is as good as none.
    private static OptionalInt id(ViciMessage request, String key) {
        int id = request.getInt(key, 0);
        return id == 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    boolean isEmpty() {
        return ike.isEmpty() && ikeId.isEmpty() && !selectsChildren();
    }

    boolean selectsChildren() {
        return child.isPresent() || childId.isPresent();
    }

    /// Whether all given keys about IKE_SAs fit.
    boolean allowsIke(IkeView view) {
        return (ike.isEmpty() || ike.get().equals(view.connection().name()))
                && (ikeId.isEmpty() || ikeId.getAsInt() == view.uniqueId());
    }

    /// Whether any of the keys about IKE_SAs fits.
    boolean namesIke(IkeView view) {
        return (ike.isPresent() && ike.get().equals(view.connection().name()))
                || (ikeId.isPresent() && ikeId.getAsInt() == view.uniqueId());
    }

    boolean allowsChild(ChildView view) {
        var installation = view.installation();
        return (child.isEmpty() || child.get().equals(installation.config().name()))
                && (childId.isEmpty() || childId.getAsInt() == installation.childUniqueId());
    }
}
