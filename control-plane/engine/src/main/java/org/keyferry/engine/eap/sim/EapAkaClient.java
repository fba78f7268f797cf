package org.keyferry.engine.eap.sim;

import java.util.ArrayList;
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
import org.keyferry.wire.IdentityText;

/// EAP-AKA (RFC 4187) and EAP-AKA' (RFC 9048) as client.
public final class EapAkaClient extends SimClient {
    private static final int RAND_BYTES = 16;

    /// One resynchronisation is an accident of the network's, more are an attempt.
    private static final int MAX_RESYNCHRONISATIONS = 2;

    private Optional<List<Integer>> refusedKdfs = Optional.empty();
    private int resynchronisations;

    private EapAkaClient(EapSimMethod method, EapContext context) {
        super(method, context);
    }

    public static EapAkaClient aka(EapContext context) {
        return new EapAkaClient(EapSimMethod.AKA, context);
    }

    public static EapAkaClient prime(EapContext context) {
        return new EapAkaClient(EapSimMethod.AKA_PRIME, context);
    }

    private boolean isPrime() {
        return method == EapSimMethod.AKA_PRIME;
    }

    @Override
    Step onRequest(int identifier, EapSimMessage message, Bytes data) throws NoSim {
        return switch (message.subtype()) {
            case AKA_IDENTITY -> onIdentity(identifier, message, data);
            case AKA_CHALLENGE -> onChallenge(identifier, message, data);
            default -> outOfTurn(message);
        };
    }

    private Step onIdentity(int identifier, EapSimMessage message, Bytes data) {
        if (!asksIdentity(message).orElse(false)) {
            return refused(ClientErrors.UNABLE, "server asks for the identity again and again");
        }
        Bytes answer = tell(new EapSimMessage(EapSimSubtype.AKA_IDENTITY)).encode();
        noteIdentityRound(packet(true, identifier, data));
        noteIdentityRound(packet(false, identifier, answer));
        return new Step.Send(answer);
    }

    private Step onChallenge(int identifier, EapSimMessage message, Bytes data) throws NoSim {
        if (isPrime()) {
            Optional<Step> other = negotiated(message);
            if (other.isPresent()) {
                return other.get();
            }
        }
        Optional<Bytes> rand =
                message.get(EapSimAttribute.RAND).filter(r -> r.length() == RAND_BYTES);
        Optional<Bytes> autn = message.get(EapSimAttribute.AUTN);
        if (rand.isEmpty() || autn.isEmpty() || !message.has(EapSimAttribute.MAC)) {
            return refused(ClientErrors.UNABLE, "server's challenge lacks RAND, AUTN or MAC");
        }
        if (isPrime() && !Quintuplet.isSeparated(autn.get())) {
            return reject("server's AUTN is not for EAP-AKA'");
        }
        return switch (context.sims().answer(user(), rand.get(), autn.get())) {
            case UsimAnswer.Reject() ->
                    reject("server is not the network of '%s'".formatted(who()));
            case UsimAnswer.Resynchronise(Bytes auts) -> resynchronise(message, auts);
            case UsimAnswer.Proof proof -> prove(identifier, message, data, autn.get(), proof);
        };
    }

    private Step reject(String why) {
        return last(why, new EapSimMessage(EapSimSubtype.AKA_AUTHENTICATION_REJECT));
    }

    /// Chooses how keys are derived, for which the server has to ask again if it is not its first
    /// choice, with the same list behind ours (RFC 9048 §3.2).
    private Optional<Step> negotiated(EapSimMessage message) {
        List<Integer> offered = message.kdfs();
        if (refusedKdfs.isPresent()) {
            var wanted = new ArrayList<>(refusedKdfs.get());
            wanted.addFirst(KDF_1);
            return offered.equals(wanted)
                    ? wrongNetwork(message)
                    : Optional.of(reject("server changed its key derivations " + offered));
        }
        if (offered.isEmpty() || offered.indexOf(KDF_1) < 0) {
            return Optional.of(reject("server wants key derivations " + offered));
        }
        if (offered.getFirst() == KDF_1) {
            return offered.lastIndexOf(KDF_1) > 0
                    ? Optional.of(reject("server names a key derivation twice: " + offered))
                    : wrongNetwork(message);
        }
        refusedKdfs = Optional.of(offered);
        return Optional.of(
                new Step.Send(
                        new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                                .with(EapSimAttribute.KDF, Bytes.ofU16(KDF_1))
                                .encode()));
    }

    /// The network's name is made of fields with colons between them; ours, if it is configured,
    /// may be the first ones alone (RFC 9048 §3.1).
    private Optional<Step> wrongNetwork(EapSimMessage message) {
        Optional<Bytes> name = message.get(EapSimAttribute.KDF_INPUT);
        if (name.isEmpty()) {
            return Optional.of(reject("server tells no name of its network"));
        }
        String told = name.get().utf8();
        boolean fits =
                context.options()
                        .sim()
                        .network()
                        .map(own -> told.equals(own) || told.startsWith(own + ":"))
                        .orElse(true);
        return fits
                ? Optional.empty()
                : Optional.of(
                        reject(
                                "server is of network '%s', not '%s'"
                                        .formatted(
                                                IdentityText.harmless(told),
                                                context.options().sim().network().orElse(""))));
    }

    private Step resynchronise(EapSimMessage challenge, Bytes auts) {
        if (++resynchronisations > MAX_RESYNCHRONISATIONS) {
            return refused(
                    ClientErrors.UNABLE, "server sends stale sequence numbers again and again");
        }
        note("server's sequence number is not fresh, asking to resynchronise");
        var answer =
                new EapSimMessage(EapSimSubtype.AKA_SYNCHRONIZATION_FAILURE)
                        .with(EapSimAttribute.AUTS, auts);
        for (int kdf : challenge.kdfs()) {
            answer = answer.with(EapSimAttribute.KDF, Bytes.ofU16(kdf));
        }
        return new Step.Send(answer.encode());
    }

    private Step prove(
            int identifier,
            EapSimMessage challenge,
            Bytes data,
            Bytes autn,
            UsimAnswer.Proof proof) {
        keys =
                isPrime()
                        ? SimKeys.ofAkaPrime(
                                identity(),
                                proof.ik(),
                                proof.ck(),
                                autn,
                                challenge.get(EapSimAttribute.KDF_INPUT).orElseThrow())
                        : SimKeys.ofAka(identity(), proof.ik(), proof.ck());
        boolean sealed = isSealed(true, identifier, challenge, data, Bytes.EMPTY);
        if (!sealed || !hidesNothingWrong(challenge)) {
            return refused(ClientErrors.UNABLE, "server's challenge has a wrong MAC");
        }
        if (bidsDown(challenge)) {
            return reject("server would rather do EAP-AKA', somebody keeps us from it");
        }
        var answer =
                new EapSimMessage(EapSimSubtype.AKA_CHALLENGE)
                        .with(EapSimAttribute.RES, proof.res());
        Optional<Bytes> checkcode = challenge.get(EapSimAttribute.CHECKCODE);
        if (checkcode.isPresent()) {
            if (!checkcode.get().equals(checkcode())) {
                return refused(
                        ClientErrors.UNABLE,
                        "the server did not see the packets that told the identity");
            }
            answer = answer.with(EapSimAttribute.CHECKCODE, checkcode());
        }
        return proof(identifier, challenge, answer, Bytes.EMPTY);
    }

    /// Both sides can do AKA', but were made to do AKA (RFC 9048 §4).
    private boolean bidsDown(EapSimMessage challenge) {
        return context.alternatives().contains(EapType.AKA_PRIME)
                && challenge
                        .get(EapSimAttribute.BIDDING)
                        .filter(value -> (value.u16(0) & BID_PRIME) != 0)
                        .isPresent();
    }
}
