package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;

/// EAP-MD5 as client (RFC 3748 §5.4).
final class Md5Client implements EapMethod {
    private final EapContext context;

    Md5Client(EapContext context) {
        this.context = context;
    }

    @Override
    public EapType type() {
        return EapType.MD5;
    }

    @Override
    public Step begin(int identifier) {
        throw new IllegalStateException("a client does not begin");
    }

    @Override
    public Step process(int identifier, Bytes data) {
        Bytes challenge = Md5Challenge.value(data);
        if (challenge.isEmpty()) {
            return new Step.Failed("received an invalid EAP-MD5 challenge");
        }
        Optional<SharedSecret> secret = Passwords.clear(context);
        if (secret.isEmpty()) {
            return new Step.Failed(Passwords.missing(context));
        }
        byte[] response =
                Md5Challenge.response(
                        identifier, secret.get().secret().array(), challenge.toArray());
        return new Step.Done(Md5Challenge.encode(response), Optional.empty());
    }
}
