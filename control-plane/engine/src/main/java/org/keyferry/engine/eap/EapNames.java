package org.keyferry.engine.eap;

import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;

/// Identities as EAP tells them: text.
public final class EapNames {
    /// Reads what a client told. Nobody becomes a pattern by calling himself one.
    public static Identification parse(Bytes text) {
        Identification plain = new Identification(IdType.KEY_ID, text);
        try {
            Identification parsed = Identification.parse(text.utf8());
            boolean travels = !parsed.hasWildcards() && parsed.idType() < IdType.ANY;
            return travels ? parsed : plain;
        } catch (IllegalArgumentException e) {
            return plain;
        }
    }

    /// As a client tells it: the name itself where it is one.
    public static String text(Identification id) {
        return switch (id.idType()) {
            case IdType.FQDN, IdType.RFC822_ADDR, IdType.KEY_ID -> id.data().utf8();
            default -> id.toString();
        };
    }

    private EapNames() {}
}
