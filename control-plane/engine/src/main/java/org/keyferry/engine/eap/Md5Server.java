package org.keyferry.engine.eap;

import java.security.MessageDigest;
import java.util.Optional;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;

/// EAP-MD5 as server (RFC 3748 §5.4). Makes no key.
final class Md5Server implements EapMethod {
    private final EapContext context;
    private final byte[] challenge;

    Md5Server(EapContext context) {
        this.context = context;
        this.challenge = context.randomBytes(Md5Challenge.BYTES);
    }

    @Override
    public EapType type() {
        return EapType.MD5;
    }

    @Override
    public Step begin(int identifier) {
        return new Step.Send(Md5Challenge.encode(challenge));
    }

    @Override
    public Step process(int identifier, Bytes data) {
        Optional<SharedSecret> secret = Passwords.clear(context);
        if (secret.isEmpty()) {
            return new Step.Failed(Passwords.missing(context));
        }
        byte[] wanted = Md5Challenge.response(identifier, secret.get().secret().array(), challenge);
        return MessageDigest.isEqual(wanted, Md5Challenge.value(data).toArray())
                ? new Step.Done(Bytes.EMPTY, Optional.empty())
                : new Step.Failed("EAP-MD5 response of '%s' is wrong".formatted(context.client()));
    }
}
