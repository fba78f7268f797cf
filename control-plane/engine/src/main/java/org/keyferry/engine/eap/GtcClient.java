package org.keyferry.engine.eap;

import java.util.Optional;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;

/// EAP-GTC as client (RFC 3748 §5.6): whatever is asked, the password is the answer.
final class GtcClient implements EapMethod {
    private final EapContext context;

    GtcClient(EapContext context) {
        this.context = context;
    }

    @Override
    public EapType type() {
        return EapType.GTC;
    }

    @Override
    public Step begin(int identifier) {
        throw new IllegalStateException("a client does not begin");
    }

    @Override
    public Step process(int identifier, Bytes data) {
        Optional<SharedSecret> secret = Passwords.clear(context);
        return secret.<Step>map(s -> new Step.Done(Bytes.of(s.secret().array()), Optional.empty()))
                .orElseGet(() -> new Step.Failed(Passwords.missing(context)));
    }
}
