package org.keyferry.settings.model;

/// Largest IP packets that carry an IKE fragment, in bytes, IP and UDP headers included.
///
/// @param maxMessage largest message that is put together from the peer's fragments, in bytes
public record FragmentSizes(int v4, int v6, int maxMessage) {
    public static final FragmentSizes DEFAULT = new FragmentSizes(1_280, 1_280);

    public FragmentSizes(int v4, int v6) {
        this(v4, v6, 10_000);
    }
}
