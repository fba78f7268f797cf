package org.keyferry.engine.eap;

import java.security.MessageDigest;
import java.util.Optional;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;

/// EAP-GTC as server (RFC 3748 §5.6): the password in clear, which is compared with the loaded one.
/// Makes no key.
final class GtcServer implements EapMethod {
    private final EapContext context;

    GtcServer(EapContext context) {
        this.context = context;
    }

    @Override
    public EapType type() {
        return EapType.GTC;
    }

    @Override
    public Step begin(int identifier) {
        return new Step.Send(Bytes.utf8("password"));
    }

    @Override
    public Step process(int identifier, Bytes data) {
        Optional<SharedSecret> secret = Passwords.clear(context);
        if (secret.isEmpty()) {
            return new Step.Failed(Passwords.missing(context));
        }
        return MessageDigest.isEqual(secret.get().secret().array(), data.toArray())
                ? new Step.Done(Bytes.EMPTY, Optional.empty())
                : new Step.Failed("EAP-GTC password of '%s' is wrong".formatted(context.client()));
    }
}
