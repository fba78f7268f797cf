package org.keyferry.engine.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.PskAuth;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Payload;

/// Authentication by a pre-shared key (RFC 7296 §2.15).
final class PskRound {
    static final int METHOD = 2;

    /// Our AUTH payload; empty if no key is loaded for this pair.
    static Optional<Payload.Authentication> sign(
            SaCore sa, State.InitTranscript transcript, Identification peerId) {
        return sa.lookup().configuration().sharedKeys(sa.localId(), peerId).stream()
                .findFirst()
                .map(
                        secret -> {
                            byte[] skP = sa.keys().skP(sa.isInitiator());
                            try {
                                return new Payload.Authentication(
                                        METHOD,
                                        PskAuth.compute(
                                                Prf.of(sa.suite().prfId()),
                                                secret.secret().array(),
                                                skP,
                                                sa.isInitiator()
                                                        ? transcript.request()
                                                        : transcript.response(),
                                                sa.isInitiator()
                                                        ? transcript.nonceR()
                                                        : transcript.nonceI(),
                                                sa.localId(),
                                                transcript.intAuth()));
                            } finally {
                                Arrays.fill(skP, (byte) 0);
                            }
                        });
    }

    /// Whether the peer proved that it knows a key that is loaded for this pair.
    ///
    /// @return empty if so, otherwise what is wrong
    static Optional<String> verify(
            SaCore sa,
            State.InitTranscript transcript,
            Identification localId,
            Identification peerId,
            Payload.Authentication auth) {
        if (auth.method() != METHOD) {
            return Optional.of(
                    "peer used authentication method %d, a pre-shared key (%d) is configured"
                            .formatted(auth.method(), METHOD));
        }
        List<SharedSecret> secrets = sa.lookup().configuration().sharedKeys(localId, peerId);
        if (secrets.isEmpty()) {
            return Optional.of("no shared key found for '%s' - '%s'".formatted(localId, peerId));
        }
        byte[] skP = sa.keys().skP(!sa.isInitiator());
        Bytes signed = sa.isInitiator() ? transcript.response() : transcript.request();
        Bytes nonce = sa.isInitiator() ? transcript.nonceI() : transcript.nonceR();
        try {
            for (SharedSecret secret : secrets) {
                if (PskAuth.verify(
                        Prf.of(sa.suite().prfId()),
                        secret.secret().array(),
                        skP,
                        signed,
                        nonce,
                        peerId,
                        transcript.intAuth(),
                        auth.data())) {
                    return Optional.empty();
                }
            }
        } finally {
            Arrays.fill(skP, (byte) 0);
        }
        return Optional.of(
                "tried %d shared key%s for '%s' - '%s', but MAC mismatched"
                        .formatted(
                                secrets.size(), secrets.size() == 1 ? "" : "s", localId, peerId));
    }

    private PskRound() {}
}
