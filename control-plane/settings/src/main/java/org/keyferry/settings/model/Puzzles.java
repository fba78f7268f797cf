package org.keyferry.settings.model;

/// Client puzzles (RFC 8019), which make set-ups cost something.
///
/// @param threshold half-open IKE_SAs, all together, from which peers are given one; 0 is never
/// @param zeroBits how hard one is at the threshold
/// @param limitBits the hardest that is solved for a gateway; 0 solves none
public record Puzzles(int threshold, int zeroBits, int limitBits) {
    public static final Puzzles DEFAULT = new Puzzles(0, 16, 20);
}
