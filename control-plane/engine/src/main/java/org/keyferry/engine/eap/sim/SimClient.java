package org.keyferry.engine.eap.sim;

import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.engine.eap.sim.LearnedIdentities.Again;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.Identification;
import org.keyferry.wire.PeerViolation;

/// The client of one login, as far as the methods do not differ: whom it says it is, errors, what
/// the server notifies (RFC 4186 §6, RFC 4187 §4.1 and §6), and fast re-authentication (§5).
abstract class SimClient extends SimRole {
    private static final EapSimAttribute[] RISING = {
        EapSimAttribute.ANY_ID_REQ,
        EapSimAttribute.FULLAUTH_ID_REQ,
        EapSimAttribute.PERMANENT_ID_REQ
    };

    private enum Stage {
        BEFORE,
        /// Our proof is out, and Success is all that is missing.
        PROVED,
        /// Our proof is out, and the server promised to say in the method whether it liked it.
        AWAITING_RESULT,
        /// It cannot succeed any more.
        OVER
    }

    private Stage stage = Stage.BEFORE;
    private String why = "";

    /// How much the server wanted to know last: it may only ask for more (RFC 4187 §4.1.5).
    private int askedLevel;

    final ClientIdentities identities;

    /// The fast re-authentication that this login is.
    private Optional<Again> again = Optional.empty();

    private int counter;

    SimClient(EapSimMethod method, EapContext context) {
        super(method, context);
        this.identities =
                new ClientIdentities(
                        method, context, permanent(), () -> context.sims().standing(user()));
    }

    @Override
    final Bytes permanent() {
        return Bytes.utf8(EapNames.text(context.client()));
    }

    @Override
    final Identification whom() {
        return context.client();
    }

    @Override
    public final Optional<Bytes> nameToTell() {
        Optional<Bytes> hidden = identities.hidden();
        hidden.ifPresent(this::identityOutside);
        return hidden;
    }

    @Override
    public final void nameRefused() {
        identities.forget();
    }

    @Override
    public final Step begin(int identifier) {
        throw new IllegalStateException("a client does not begin");
    }

    /// A notification may follow our proof.
    @Override
    public final boolean mayGoOn() {
        return true;
    }

    @Override
    public final Step process(int identifier, Bytes data) {
        if (stage == Stage.OVER) {
            return new Step.Failed(why);
        }
        EapSimMessage message;
        try {
            message = EapSimMessage.decode(method, true, data);
        } catch (PeerViolation e) {
            return refused(ClientErrors.UNABLE, "server sent %s".formatted(e.getMessage()));
        }
        if (message.subtype() == EapSimSubtype.NOTIFICATION_ROUND) {
            return onNotification(identifier, message, data);
        }
        if (stage != Stage.BEFORE) {
            return refused(
                    ClientErrors.UNABLE,
                    "server goes on with %s after our proof".formatted(message.subtype()));
        }
        try {
            return message.subtype() == EapSimSubtype.REAUTHENTICATION
                    ? onReauthentication(identifier, message, data)
                    : onRequest(identifier, message, data);
        } catch (NoSim e) {
            return refused(ClientErrors.UNABLE, e.getMessage());
        }
    }

    /// A request of a full authentication, before we proved ourselves.
    abstract Step onRequest(int identifier, EapSimMessage message, Bytes data) throws NoSim;

    final Step outOfTurn(EapSimMessage message) {
        return refused(
                ClientErrors.UNABLE, "server sent %s out of turn".formatted(message.subtype()));
    }

    /// The server is told, and ends the login then.
    final Step refused(int code, String reason) {
        return last(
                reason,
                new EapSimMessage(EapSimSubtype.CLIENT_ERROR)
                        .with(EapSimAttribute.CLIENT_ERROR_CODE, Bytes.ofU16(code)));
    }

    /// Our last word.
    final Step last(String reason, EapSimMessage word) {
        stage = Stage.OVER;
        why = reason;
        identities.dropAgain();
        wipe();
        note("%s", reason);
        return new Step.Send(word.encode());
    }

    private void wipe() {
        if (keys != null) {
            keys.close();
        }
    }

    /// Whether the server may ask for our identity in this way now.
    ///
    /// @return empty if it does not ask at all
    final Optional<Boolean> asksIdentity(EapSimMessage message) {
        int level = 0;
        int questions = 0;
        for (int i = 0; i < RISING.length; i++) {
            if (message.has(RISING[i])) {
                level = i + 1;
                questions++;
            }
        }
        if (questions == 0) {
            return Optional.empty();
        }
        boolean may = questions == 1 && level > askedLevel;
        askedLevel = level;
        return Optional.of(may);
    }

    /// The identity that was asked for.
    final EapSimMessage tell(EapSimMessage message) {
        identity(identities.told(RISING[askedLevel - 1]));
        return message.with(EapSimAttribute.IDENTITY, identity());
    }

    /// What the server hides in a challenge: identities for next time.
    final boolean hidesNothingWrong(EapSimMessage challenge) {
        try {
            opened(true, challenge).ifPresent(identities::offered);
            return true;
        } catch (PeerViolation e) {
            note("server encrypted %s", e.getMessage());
            return false;
        }
    }

    /// The server knows us by the identity that we told, and wants no proof of the card.
    private Step onReauthentication(int identifier, EapSimMessage message, Bytes data) {
        Optional<Again> taken = identities.take(identity());
        if (taken.isEmpty()) {
            return outOfTurn(message);
        }
        keys = taken.get().keys();
        Optional<EapSimMessage> hidden = Optional.empty();
        if (isSealed(true, identifier, message, data, Bytes.EMPTY)) {
            try {
                hidden = opened(true, message);
            } catch (PeerViolation e) {
                note("server encrypted %s", e.getMessage());
            }
        }
        Optional<Bytes> told = hidden.flatMap(m -> m.get(EapSimAttribute.COUNTER));
        Optional<Bytes> nonceS = hidden.flatMap(m -> m.get(EapSimAttribute.NONCE_S));
        if (told.isEmpty() || nonceS.isEmpty()) {
            return refused(ClientErrors.UNABLE, "server's fast re-authentication is wrong");
        }
        boolean same = message.get(EapSimAttribute.CHECKCODE).map(checkcode()::equals).orElse(true);
        if (!same) {
            return refused(
                    ClientErrors.UNABLE,
                    "the server did not see the packets that told the identity");
        }
        counter = told.get().u16(0);
        var answer = new EapSimMessage(EapSimSubtype.REAUTHENTICATION);
        EapSimMessage secret = answer.with(EapSimAttribute.COUNTER, told.get());
        if (message.has(EapSimAttribute.CHECKCODE)) {
            answer = answer.with(EapSimAttribute.CHECKCODE, checkcode());
        }
        if (counter < taken.get().counter()) {
            note("server uses a counter again, asking to authenticate in full");
            EapSimMessage refusal = hiding(answer, secret.with(EapSimAttribute.COUNTER_TOO_SMALL));
            Bytes sealed = sealed(false, identifier, refusal, nonceS.get());
            wipe();
            keys = null;
            inFull();
            return new Step.Send(sealed);
        }
        note("fast re-authentication %d", counter);
        keys = taken.get().keys().again(identity(), counter, nonceS.get());
        taken.get().keys().close();
        again = taken;
        counter(OptionalInt.of(counter));
        identities.offered(hidden.orElseThrow());
        return proof(identifier, message, hiding(answer, secret), nonceS.get());
    }

    /// The server begins anew.
    void inFull() {}

    @Override
    public final void confirmed() {
        again.ifPresentOrElse(
                former -> identities.learn(keys, former, counter), () -> identities.learn(keys));
        wipe();
    }

    /// Our proof.
    ///
    /// @param message without AT_MAC
    final Step proof(int identifier, EapSimMessage challenge, EapSimMessage message, Bytes extra) {
        boolean indicated = challenge.has(EapSimAttribute.RESULT_IND);
        stage = indicated ? Stage.AWAITING_RESULT : Stage.PROVED;
        EapSimMessage whole = indicated ? message.with(EapSimAttribute.RESULT_IND) : message;
        Bytes data = sealed(false, identifier, whole, extra);
        return indicated ? new Step.Send(data) : done(data);
    }

    private Step done(Bytes data) {
        return new Step.Done(data, Optional.of(keys.msk()));
    }

    private Step onNotification(int identifier, EapSimMessage message, Bytes data) {
        Optional<Bytes> value = message.get(EapSimAttribute.NOTIFICATION);
        if (value.isEmpty()) {
            return refused(ClientErrors.UNABLE, "server notifies of nothing");
        }
        int code = value.get().u16(0);
        boolean before = (code & BEFORE_BIT) != 0;
        boolean success = (code & SUCCESS_BIT) != 0;
        var answer = new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND);
        if (before) {
            return success
                    ? refused(ClientErrors.UNABLE, "server notifies of success before our proof")
                    : last(Notifications.text(code), answer);
        }
        boolean proved = stage == Stage.PROVED || stage == Stage.AWAITING_RESULT;
        if (!proved
                || !isSealed(true, identifier, message, data, Bytes.EMPTY)
                || !isOfThisLogin(true, message)) {
            return refused(ClientErrors.UNABLE, "server notifies without a proof of its own");
        }
        Bytes sealed = sealed(false, identifier, notification(answer), Bytes.EMPTY);
        if (!success) {
            last(Notifications.text(code), answer);
            return new Step.Send(sealed);
        }
        if (code != SUCCESS || stage != Stage.AWAITING_RESULT) {
            return refused(ClientErrors.UNABLE, "server notifies of success unasked");
        }
        stage = Stage.PROVED;
        return done(sealed);
    }
}
