package org.keyferry.cli.load;

import java.util.Locale;

/// Kinds of things that are loaded.
public enum Kind {
    CERTIFICATE("certificates"),
    KEY("keys"),
    SECRET("secrets"),
    AUTHORITY("authorities"),
    POOL("pools"),
    CONNECTION("connections");

    private final String plural;

    Kind(String plural) {
        this.plural = plural;
    }

    public String singular() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String plural() {
        return plural;
    }
}
