package org.keyferry.settings.model;

/// Largest IP packets that carry an IKE fragment, in bytes, IP and UDP headers included.
public record FragmentSizes(int v4, int v6) {
    public static final FragmentSizes DEFAULT = new FragmentSizes(1_280, 1_280);
}
