package org.keyferry.engine.eap.sim;

import java.util.Optional;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.PeerViolation;

/// The client of one login, as far as the methods do not differ: whom it says it is, errors, and
/// what the server notifies (RFC 4186 §6, RFC 4187 §4.1 and §6).
abstract class SimClient extends SimRole {
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

    SimClient(EapSimMethod method, EapContext context) {
        super(method, context);
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
            return onRequest(identifier, message, data);
        } catch (NoSim e) {
            return refused(ClientErrors.UNABLE, e.getMessage());
        }
    }

    /// A request that is no notification, before we proved ourselves.
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
        EapSimAttribute[] rising = {
            EapSimAttribute.ANY_ID_REQ,
            EapSimAttribute.FULLAUTH_ID_REQ,
            EapSimAttribute.PERMANENT_ID_REQ
        };
        for (int i = 0; i < rising.length; i++) {
            if (message.has(rising[i])) {
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

    /// Our only identity, which is the permanent one.
    final EapSimMessage tell(EapSimMessage message) {
        identity(identity());
        return message.with(EapSimAttribute.IDENTITY, identity());
    }

    /// What the server hides in a challenge: names for next time, which we do not take up.
    final boolean hidesNothingWrong(EapSimMessage challenge) {
        try {
            opened(true, challenge);
            return true;
        } catch (PeerViolation e) {
            note("server encrypted %s", e.getMessage());
            return false;
        }
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
        if (!proved || !isSealed(true, identifier, message, data, Bytes.EMPTY)) {
            return refused(ClientErrors.UNABLE, "server notifies without a proof of its own");
        }
        Bytes sealed = sealed(false, identifier, answer, Bytes.EMPTY);
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
