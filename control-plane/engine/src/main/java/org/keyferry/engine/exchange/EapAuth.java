package org.keyferry.engine.exchange;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.PskAuth;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Payload;

/// AUTH after EAP (RFC 7296 §2.16): as with a pre-shared key, which is the MSK, or the signer's
/// SK_p if the method made none.
final class EapAuth {
    private static final int SEED_BYTES = 64;

    static Payload.Authentication sign(
            SaCore sa, State.InitTranscript transcript, Optional<Secret> msk) {
        boolean ofInitiator = sa.isInitiator();
        byte[] skP = sa.keys().skP(ofInitiator);
        try {
            return new Payload.Authentication(
                    PskRound.METHOD,
                    PskAuth.compute(
                            Prf.of(sa.suite().prfId()),
                            msk.map(Secret::array).orElse(skP),
                            skP,
                            ofInitiator ? transcript.request() : transcript.response(),
                            ofInitiator ? transcript.nonceR() : transcript.nonceI(),
                            sa.localId(),
                            transcript.intAuth()));
        } finally {
            Arrays.fill(skP, (byte) 0);
        }
    }

    /// Whether the peer has the same key.
    static boolean verify(
            SaCore sa,
            State.InitTranscript transcript,
            Optional<Secret> msk,
            Payload.Authentication auth) {
        boolean ofInitiator = !sa.isInitiator();
        byte[] skP = sa.keys().skP(ofInitiator);
        try {
            return auth.method() == PskRound.METHOD
                    && PskAuth.verify(
                            Prf.of(sa.suite().prfId()),
                            msk.map(Secret::array).orElse(skP),
                            skP,
                            ofInitiator ? transcript.request() : transcript.response(),
                            ofInitiator ? transcript.nonceR() : transcript.nonceI(),
                            sa.remoteId(),
                            transcript.intAuth(),
                            auth.data());
        } finally {
            Arrays.fill(skP, (byte) 0);
        }
    }

    /// What a method gets to know.
    static EapContext context(
            SaCore sa,
            Identification client,
            Identification server,
            AuthRound own,
            AuthRound peer) {
        var configuration = sa.lookup().configuration();
        Identification ike = sa.isInitiator() ? sa.remoteId() : sa.localId();
        boolean asClient = sa.isInitiator();
        return new EapContext(
                sa.connection().name(),
                client,
                server,
                who ->
                        asClient
                                ? configuration.eapSecrets(who, ike)
                                : configuration.eapSecrets(ike, who),
                own,
                peer,
                configuration.credentials(),
                sa.settings().eap(),
                sa.ids().tlsSessions(),
                sa.now(),
                new SeededRandom(sa.randomBytes(SEED_BYTES)),
                sa.ids().sims(),
                sa.ids().simMemory(),
                Set.of());
    }

    static void log(SaCore sa, List<String> notes, Outbox out) {
        notes.forEach(note -> out.log(sa, Group.IKE, 1, "%s", note));
    }

    private EapAuth() {}
}
