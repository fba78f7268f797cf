package org.keyferry.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;

/// Shared secrets by their owners.
final class SecretIndex {
    private final List<Loaded> ownerless = new ArrayList<>();
    private final Map<Identification, List<Loaded>> byOwner = new HashMap<>();
    private final List<Loaded> patternOwned = new ArrayList<>();

    private record Loaded(SharedSecret secret, int order) {}

    SecretIndex(List<SharedSecret> secrets) {
        int order = 0;
        for (SharedSecret secret : secrets) {
            indexByOwner(new Loaded(secret, order++));
        }
    }

    boolean isEmpty() {
        return ownerless.isEmpty() && byOwner.isEmpty() && patternOwned.isEmpty();
    }

    private void indexByOwner(Loaded loaded) {
        List<Identification> owners = loaded.secret().owners();
        if (owners.isEmpty()) {
            ownerless.add(loaded);
        }
        for (Identification owner : owners) {
            if (isComparedByBytes(owner)) {
                byOwner.computeIfAbsent(owner, _ -> new ArrayList<>(1)).add(loaded);
            } else {
                patternOwned.add(loaded);
            }
        }
    }

    /// Those for a pair of identities: by how well an owner matches the peer, then by how well one
    /// matches this side; a tie goes to the one loaded last.
    List<SharedSecret> of(Identification localId, Identification remoteId) {
        var ranked = new ArrayList<Ranked>();
        rank(ownerless, localId, remoteId, ranked);
        rank(byOwner.getOrDefault(folded(remoteId), List.of()), localId, remoteId, ranked);
        rank(byOwner.getOrDefault(folded(localId), List.of()), localId, remoteId, ranked);
        rank(patternOwned, localId, remoteId, ranked);
        ranked.sort(Ranked.BEST_FIRST);
        var secrets = new ArrayList<SharedSecret>(ranked.size());
        int last = -1;
        for (Ranked each : ranked) {
            if (each.order() != last) { // one found in two ways stands side by side
                secrets.add(each.secret());
                last = each.order();
            }
        }
        return secrets;
    }

    private record Ranked(SharedSecret secret, int peer, int own, int order) {
        static final Comparator<Ranked> BEST_FIRST =
                Comparator.comparingInt(Ranked::peer)
                        .thenComparingInt(Ranked::own)
                        .thenComparingInt(Ranked::order)
                        .reversed();
    }

    private static void rank(
            List<Loaded> candidates,
            Identification localId,
            Identification remoteId,
            List<Ranked> into) {
        for (Loaded loaded : candidates) {
            int peer = ownerMatch(loaded.secret(), remoteId);
            int own = ownerMatch(loaded.secret(), localId);
            if (peer > 0 || own > 0) {
                into.add(new Ranked(loaded.secret(), peer, own, loaded.order()));
            }
        }
    }

    /// Names are compared without regard to case, and patterns are matched: both need a walk.
    private static boolean isComparedByBytes(Identification owner) {
        return switch (owner.idType()) {
            case IdType.DER_ASN1_DN -> false;
            case IdType.FQDN, IdType.RFC822_ADDR ->
                    !owner.hasWildcards() && owner.equals(folded(owner));
            default -> !owner.hasWildcards();
        };
    }

    /// An identity as the index holds it.
    private static Identification folded(Identification id) {
        return switch (id.idType()) {
            case IdType.FQDN, IdType.RFC822_ADDR ->
                    new Identification(
                            id.idType(), Bytes.utf8(id.data().utf8().toLowerCase(Locale.ROOT)));
            default -> id;
        };
    }

    private static int ownerMatch(SharedSecret secret, Identification id) {
        if (secret.owners().isEmpty()) {
            return 1;
        }
        int best = 0;
        for (Identification owner : secret.owners()) {
            best = Math.max(best, id.matches(owner));
        }
        return best;
    }
}
