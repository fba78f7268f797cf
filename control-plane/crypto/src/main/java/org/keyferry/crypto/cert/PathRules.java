package org.keyferry.crypto.cert;

/// What is demanded of every path.
///
/// @param enforceCritical a critical extension that is not known ends a path
/// @param strictBlocks who has address blocks must have them of an issuer that has some
/// @param blockDepth how far up the path blocks are compared; negative for all of it
public record PathRules(boolean enforceCritical, boolean strictBlocks, int blockDepth) {
    public static final PathRules DEFAULT = new PathRules(true, true, -1);
}
