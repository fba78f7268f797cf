package org.keyferry.settings.model;

/// What to do with a child on load, on close or on the loss of its peer; an empty set means
/// nothing.
public enum Action {
    TRAP,
    START
}
