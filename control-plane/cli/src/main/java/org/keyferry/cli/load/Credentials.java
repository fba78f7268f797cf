package org.keyferry.cli.load;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.Origin;
import org.keyferry.vici.ViciMessage;

/// Certificates, keys and secrets as the daemon gets them.
///
/// @param secretNames ids of all shared secrets that are written down, readable or not: what is
///   there but broken must not be removed from the daemon
/// @param allKeysRead false if some key's id is not known, so that nobody can tell which of the
///   daemon's keys are gone
record Credentials(
        List<Item> certificates,
        List<Item> keys,
        List<Item> secrets,
        Set<String> secretNames,
        boolean allKeysRead) {
    static final Credentials NONE =
            new Credentials(List.of(), List.of(), List.of(), Set.of(), true);

    /// One request.
    ///
    /// @param name for people: the file's name or the section's
    /// @param id the daemon's name for it, of a key or shared secret, if it can be told
    record Item(
            Kind kind,
            String name,
            Origin origin,
            String command,
            ViciMessage request,
            Optional<String> id) {
        LoadFailure refused(String reason) {
            return new LoadFailure(
                    origin, kind == Kind.SECRET ? "secrets." + name : kind.singular(), reason);
        }
    }
}
