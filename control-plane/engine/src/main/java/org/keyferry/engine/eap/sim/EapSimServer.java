package org.keyferry.engine.eap.sim;

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

/// EAP-SIM as server (RFC 4186).
public final class EapSimServer extends SimServer {
    private static final int CHALLENGES = 3;
    private static final int MIN_CHALLENGES = 2;
    private static final int RAND_BYTES = 16;

    private Optional<EapSimAttribute> question = Optional.empty();
    private Bytes nonce = Bytes.EMPTY;
    private List<Triplet> triplets = List.of();

    public EapSimServer(EapContext context) {
        super(EapSimMethod.SIM, context);
    }

    @Override
    public Step begin(int identifier) {
        Optional<Step> again = recognise(identifier);
        if (again.isPresent()) {
            return again.get();
        }
        if (context.options().sim().simIdentity() || isForgotten()) {
            question = Optional.of(firstQuestion());
        }
        return start();
    }

    private Step start() {
        var start =
                new EapSimMessage(EapSimSubtype.SIM_START)
                        .with(EapSimAttribute.VERSION_LIST, VERSION_1);
        return new Step.Send(question.map(start::with).orElse(start).encode());
    }

    @Override
    Step inFull(int identifier) {
        question = Optional.empty();
        return start();
    }

    @Override
    Step onResponse(int identifier, EapSimMessage message, Bytes data) {
        boolean started = !triplets.isEmpty();
        return switch (message.subtype()) {
            case SIM_START -> started ? outOfTurn(message) : onStart(identifier, message);
            case SIM_CHALLENGE -> started ? onProof(identifier, message, data) : outOfTurn(message);
            default -> outOfTurn(message);
        };
    }

    private Step outOfTurn(EapSimMessage message) {
        return failing("client sent %s out of turn".formatted(message.subtype()));
    }

    private Step onStart(int identifier, EapSimMessage message) {
        var told = message.get(EapSimAttribute.IDENTITY);
        if (told.isPresent() != question.isPresent()) {
            return failing("client told its identity or did not, against what was asked");
        }
        if (told.isPresent()) {
            identity(told.get());
            Optional<Step> again = recognise(identifier + 1 & 0xff);
            if (again.isPresent()) {
                return again.get();
            }
            if (isForgotten()) {
                return another("nobody knows '%s' any more".formatted(who()));
            }
        }
        var offered = message.get(EapSimAttribute.NONCE_MT);
        if (offered.isEmpty() && isGiven()) {
            return another("'%s' must authenticate in full".formatted(who()));
        }
        var selected = message.get(EapSimAttribute.SELECTED_VERSION);
        if (offered.isEmpty() || selected.isEmpty()) {
            return failing("client's start lacks AT_NONCE_MT or AT_SELECTED_VERSION");
        }
        if (!selected.get().equals(VERSION_1)) {
            return failing("client selected version %d".formatted(selected.get().u16(0)));
        }
        nonce = offered.get();
        try {
            List<Triplet> found =
                    context.sims()
                            .triplets(
                                    userToChallenge(),
                                    () -> context.randomBytes(RAND_BYTES),
                                    CHALLENGES);
            return challenge(identifier, found);
        } catch (NoSim e) {
            return e.isUnknown() ? another(e.getMessage()) : failing(e.getMessage());
        }
    }

    private Step another(String why) {
        question = nextQuestion();
        if (question.isEmpty()) {
            return failing(why);
        }
        note("%s, asking for %s identity", why, kind(question.get()));
        return start();
    }

    private Step challenge(int identifier, List<Triplet> found) {
        var rands = new HashSet<>(found.stream().map(Triplet::rand).toList());
        if (found.size() > CHALLENGES || rands.size() < Math.max(MIN_CHALLENGES, found.size())) {
            return failing(
                    "%d different triplets of '%s', which are too few"
                            .formatted(rands.size(), who()));
        }
        triplets = found;
        keys =
                SimKeys.ofSim(
                        identity(),
                        found.stream().map(Triplet::kc).toList(),
                        nonce,
                        VERSION_1,
                        VERSION_1);
        Bytes all = found.stream().map(Triplet::rand).reduce(Bytes.EMPTY, Bytes::concat);
        EapSimMessage challenge =
                withResultIndication(
                        withOffers(
                                new EapSimMessage(EapSimSubtype.SIM_CHALLENGE)
                                        .with(EapSimAttribute.RAND, all)));
        return new Step.Send(sealed(true, identifier + 1 & 0xff, challenge, nonce));
    }

    private Step onProof(int identifier, EapSimMessage message, Bytes data) {
        Bytes answers = triplets.stream().map(Triplet::sres).reduce(Bytes.EMPTY, Bytes::concat);
        if (!isSealed(false, identifier, message, data, answers) || !hidesNothingWrong(message)) {
            return failing("client's proof of '%s' is wrong".formatted(who()));
        }
        return succeeded(identifier, message.has(EapSimAttribute.RESULT_IND));
    }
}
