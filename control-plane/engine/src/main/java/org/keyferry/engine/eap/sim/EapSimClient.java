package org.keyferry.engine.eap.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;

/// EAP-SIM as client (RFC 4186).
public final class EapSimClient extends SimClient {
    private static final int NONCE_BYTES = 16;
    private static final int RAND_BYTES = 16;
    private static final int MIN_CHALLENGES = 2;

    /// A server may begin again to ask for the identity, once for each way to ask.
    private static final int MAX_STARTS = 4;

    private final Bytes nonce;
    private Bytes versions = Bytes.EMPTY;
    private int starts;

    public EapSimClient(EapContext context) {
        super(EapSimMethod.SIM, context);
        this.nonce = Bytes.wrapOwned(context.randomBytes(NONCE_BYTES));
    }

    @Override
    Step onRequest(int identifier, EapSimMessage message, Bytes data) throws NoSim {
        return switch (message.subtype()) {
            case SIM_START -> onStart(message);
            case SIM_CHALLENGE ->
                    versions.isEmpty()
                            ? outOfTurn(message)
                            : onChallenge(identifier, message, data);
            default -> outOfTurn(message);
        };
    }

    private Step onStart(EapSimMessage message) {
        Optional<Boolean> asks = asksIdentity(message);
        boolean again = starts++ > 0;
        if (starts > MAX_STARTS || !asks.orElse(!again)) {
            return refused(ClientErrors.UNABLE, "server asks for the identity again and again");
        }
        Bytes offered = message.get(EapSimAttribute.VERSION_LIST).orElse(Bytes.EMPTY);
        boolean known = false;
        for (int at = 0; at < offered.length(); at += 2) {
            known |= offered.u16(at) == 1;
        }
        if (!known) {
            return refused(ClientErrors.VERSION, "server knows no version 1");
        }
        versions = offered;
        var answer = new EapSimMessage(EapSimSubtype.SIM_START);
        if (asks.isPresent()) {
            answer = tell(answer);
            if (identities.isForReauth(identity())) {
                return new Step.Send(answer.encode()); // this is not for a challenge (§9.2)
            }
        }
        return new Step.Send(
                answer.with(EapSimAttribute.NONCE_MT, nonce)
                        .with(EapSimAttribute.SELECTED_VERSION, VERSION_1)
                        .encode());
    }

    @Override
    void inFull() {
        starts = 0;
    }

    private Step onChallenge(int identifier, EapSimMessage message, Bytes data) throws NoSim {
        Bytes all = message.get(EapSimAttribute.RAND).orElse(Bytes.EMPTY);
        var rands = new ArrayList<Bytes>();
        for (int at = 0; at < all.length(); at += RAND_BYTES) {
            rands.add(all.slice(at, at + RAND_BYTES));
        }
        if (rands.size() < MIN_CHALLENGES) {
            return refused(
                    ClientErrors.TOO_FEW_CHALLENGES,
                    "server sent %d challenges".formatted(rands.size()));
        }
        if (new HashSet<>(rands).size() < rands.size()) {
            return refused(ClientErrors.STALE_CHALLENGES, "server sent the same challenge twice");
        }
        List<Triplet> answers = context.sims().answers(user(), rands);
        keys =
                SimKeys.ofSim(
                        identity(),
                        answers.stream().map(Triplet::kc).toList(),
                        nonce,
                        versions,
                        VERSION_1);
        if (!isSealed(true, identifier, message, data, nonce) || !hidesNothingWrong(message)) {
            return refused(ClientErrors.UNABLE, "server's challenge has a wrong MAC");
        }
        Bytes proofs = answers.stream().map(Triplet::sres).reduce(Bytes.EMPTY, Bytes::concat);
        return proof(identifier, message, new EapSimMessage(EapSimSubtype.SIM_CHALLENGE), proofs);
    }
}
