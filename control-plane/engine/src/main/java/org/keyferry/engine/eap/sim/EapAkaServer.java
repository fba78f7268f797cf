package org.keyferry.engine.eap.sim;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.EapType;

/// EAP-AKA (RFC 4187) and EAP-AKA' (RFC 9048) as server.
public final class EapAkaServer extends SimServer {
    private static final int RAND_BYTES = 16;
    private static final String DEFAULT_NETWORK = "WLAN";

    private Bytes asked = Bytes.EMPTY;
    private boolean resynchronised;
    private Optional<Quintuplet> quintuplet = Optional.empty();

    private EapAkaServer(EapSimMethod method, EapContext context) {
        super(method, context);
    }

    public static EapAkaServer aka(EapContext context) {
        return new EapAkaServer(EapSimMethod.AKA, context);
    }

    public static EapAkaServer prime(EapContext context) {
        return new EapAkaServer(EapSimMethod.AKA_PRIME, context);
    }

    private boolean isPrime() {
        return method == EapSimMethod.AKA_PRIME;
    }

    @Override
    public boolean beginsHeavily() {
        return !context.options().sim().akaIdentity();
    }

    @Override
    public Step begin(int identifier) {
        Optional<Step> again = recognise(identifier);
        if (again.isPresent()) {
            return again.get();
        }
        return beginsHeavily() && !isForgotten()
                ? challenge(identifier)
                : ask(identifier, firstQuestion());
    }

    @Override
    Step inFull(int identifier) {
        return challenge(identifier + 1 & 0xff);
    }

    private Step ask(int identifier, EapSimAttribute kind) {
        Bytes data = new EapSimMessage(EapSimSubtype.AKA_IDENTITY).with(kind).encode();
        asked = packet(true, identifier, data);
        return new Step.Send(data);
    }

    @Override
    Step onResponse(int identifier, EapSimMessage message, Bytes data) {
        boolean inTurn =
                message.subtype() == EapSimSubtype.AKA_IDENTITY
                        ? !asked.isEmpty()
                        : quintuplet.isPresent();
        if (!inTurn) {
            return failing("client sent %s out of turn".formatted(message.subtype()));
        }
        return switch (message.subtype()) {
            case AKA_IDENTITY -> onIdentity(identifier, message, data);
            case AKA_CHALLENGE -> onProof(identifier, message, data);
            case AKA_SYNCHRONIZATION_FAILURE -> onResync(identifier, message);
            case AKA_AUTHENTICATION_REJECT ->
                    over("the card of '%s' does not take us for its network".formatted(who()));
            default -> failing("client sent %s as response".formatted(message.subtype()));
        };
    }

    private Step onIdentity(int identifier, EapSimMessage message, Bytes data) {
        var told = message.get(EapSimAttribute.IDENTITY);
        if (told.isEmpty()) {
            return failing("client does not tell its identity");
        }
        noteIdentityRound(asked);
        noteIdentityRound(packet(false, identifier, data));
        asked = Bytes.EMPTY;
        identity(told.get());
        int next = identifier + 1 & 0xff;
        Optional<Step> again = recognise(next);
        if (again.isPresent()) {
            return again.get();
        }
        return isForgotten()
                ? another(next, "nobody knows '%s' any more".formatted(who()))
                : challenge(next);
    }

    private Step another(int identifier, String why) {
        Optional<EapSimAttribute> question = nextQuestion();
        if (question.isEmpty()) {
            return failing(why);
        }
        note("%s, asking for %s identity", why, kind(question.get()));
        return ask(identifier, question.get());
    }

    private Bytes network() {
        return Bytes.utf8(context.options().sim().network().orElse(DEFAULT_NETWORK));
    }

    /// @param identifier of the request
    private Step challenge(int identifier) {
        Quintuplet fresh;
        quintuplet = Optional.empty(); // that of another identity proves nothing
        try {
            fresh = context.sims().quintuplet(userToChallenge(), context.randomBytes(RAND_BYTES));
        } catch (NoSim e) {
            return e.isUnknown() ? another(identifier, e.getMessage()) : failing(e.getMessage());
        }
        quintuplet = Optional.of(fresh);
        if (isPrime() && !Quintuplet.isSeparated(fresh.autn())) {
            return failing("AMF of '%s' is not for EAP-AKA'".formatted(who()));
        }
        if (keys != null) {
            keys.close();
        }
        keys =
                isPrime()
                        ? SimKeys.ofAkaPrime(
                                identity(), fresh.ik(), fresh.ck(), fresh.autn(), network())
                        : SimKeys.ofAka(identity(), fresh.ik(), fresh.ck());
        return new Step.Send(sealed(true, identifier, challenge(fresh), Bytes.EMPTY));
    }

    private EapSimMessage challenge(Quintuplet fresh) {
        var challenge =
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.RAND, fresh.rand())
                        .with(EapSimAttribute.AUTN, fresh.autn());
        if (isPrime()) {
            challenge =
                    challenge
                            .with(EapSimAttribute.KDF, Bytes.ofU16(KDF_1))
                            .with(EapSimAttribute.KDF_INPUT, network());
        } else if (context.alternatives().contains(EapType.AKA_PRIME)) {
            challenge = challenge.with(EapSimAttribute.BIDDING, Bytes.ofU16(BID_PRIME));
        }
        if (!checkcode().isEmpty()) {
            challenge = challenge.with(EapSimAttribute.CHECKCODE, checkcode());
        }
        return withResultIndication(withOffers(challenge));
    }

    private Step onProof(int identifier, EapSimMessage message, Bytes data) {
        if (message.fields().stream().allMatch(f -> f.attribute() == EapSimAttribute.KDF)) {
            return failing("client asks for key derivation %s".formatted(message.kdfs()));
        }
        boolean sealed = isSealed(false, identifier, message, data, Bytes.EMPTY);
        if (!sealed || !hidesNothingWrong(message)) {
            return failing("MAC of '%s' is wrong".formatted(who()));
        }
        Bytes res = message.get(EapSimAttribute.RES).orElse(Bytes.EMPTY);
        byte[] wanted = quintuplet.orElseThrow().xres().toArray();
        if (!MessageDigest.isEqual(res.toArray(), wanted)) {
            return failing("RES of '%s' is wrong".formatted(who()));
        }
        boolean same = message.get(EapSimAttribute.CHECKCODE).map(checkcode()::equals).orElse(true);
        if (!same) {
            return failing("somebody changed the packets that told the identity");
        }
        return succeeded(identifier, message.has(EapSimAttribute.RESULT_IND));
    }

    /// Once: a card that is told what it asked for takes that.
    private Step onResync(int identifier, EapSimMessage message) {
        Optional<Bytes> auts = message.get(EapSimAttribute.AUTS);
        boolean sameKdfs = !isPrime() || message.kdfs().equals(List.of(KDF_1));
        if (auts.isEmpty() || !sameKdfs) {
            return failing("client's resynchronisation lacks AT_AUTS or AT_KDF");
        }
        if (resynchronised) {
            return failing("the card of '%s' asks to resynchronise again".formatted(who()));
        }
        resynchronised = true;
        note("the card of '%s' asks to resynchronise", who());
        try {
            context.sims().resynchronise(user(), quintuplet.orElseThrow().rand(), auts.get());
        } catch (NoSim e) {
            return failing(e.getMessage());
        }
        return challenge(identifier + 1 & 0xff);
    }
}
