package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.SharedSecret.Kind;

/// Finds a login's password among its secrets.
final class Passwords {
    /// In clear, for methods that need it so.
    static Optional<SharedSecret> clear(EapContext context) {
        return context.secrets().stream().filter(s -> s.kind() == Kind.EAP).findFirst();
    }

    /// As MD4 hash, which may be all that is stored.
    static Optional<byte[]> ntHash(EapContext context) {
        Optional<SharedSecret> stored =
                context.secrets().stream()
                        .filter(s -> s.kind() == Kind.NTLM)
                        .filter(s -> s.secret().array().length == 16)
                        .findFirst();
        return stored.map(s -> s.secret().array().clone())
                .or(
                        () ->
                                clear(context)
                                        .map(
                                                s ->
                                                        org.keyferry.crypto.MsChapV2.ntHash(
                                                                s.secret().array())));
    }

    static String missing(EapContext context) {
        return "no EAP key found for hosts '%s' - '%s'"
                .formatted(context.server(), context.client());
    }

    private Passwords() {}
}
