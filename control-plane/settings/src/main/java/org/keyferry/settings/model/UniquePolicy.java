package org.keyferry.settings.model;

/// What happens to older IKE SAs of the same identities. `NO` heeds INITIAL_CONTACT only, `NEVER`
/// not even that; `KEEP` refuses the new SA, `REPLACE` deletes the old one.
public enum UniquePolicy {
    NO,
    NEVER,
    KEEP,
    REPLACE
}
