package org.keyferry.engine.eap.sim;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.Identification;
import org.keyferry.wire.PeerViolation;

/// The server of one login, as far as the methods do not differ: errors and notifications (RFC 4186
/// §6, RFC 4187 §6).
abstract class SimServer extends SimRole {
    private static final int FAILURE_BEFORE = BEFORE_BIT;

    private enum Notified {
        NOTHING,
        SUCCESS,
        FAILURE
    }

    private Notified notified = Notified.NOTHING;
    private String failure = "";

    SimServer(EapSimMethod method, EapContext context) {
        super(method, context);
    }

    /// Only where no other method is configured. Else anybody could choose this one, and get the
    /// proof of a network whose key is a user's password: something to try passwords on.
    @Override
    final List<SharedSecret> secrets(Identification who) {
        return context.alternatives().equals(Set.of(type())) ? super.secrets(who) : List.of();
    }

    @Override
    public final Optional<Identification> innerIdentity() {
        return told();
    }

    @Override
    public final Step process(int identifier, Bytes data) {
        EapSimMessage message;
        try {
            message = EapSimMessage.decode(method, false, data);
        } catch (PeerViolation e) {
            return failing("client sent %s".formatted(e.getMessage()));
        }
        if (message.subtype() == EapSimSubtype.CLIENT_ERROR) {
            return onClientError(message);
        }
        if (notified != Notified.NOTHING) {
            return onNotified(identifier, message, data);
        }
        return onResponse(identifier, message, data);
    }

    /// A response that is no error.
    abstract Step onResponse(int identifier, EapSimMessage message, Bytes data);

    private Step onClientError(EapSimMessage message) {
        if (!failure.isEmpty()) {
            return over(failure);
        }
        OptionalInt code =
                message.get(EapSimAttribute.CLIENT_ERROR_CODE).stream()
                        .mapToInt(value -> value.u16(0))
                        .findFirst();
        return over("client cannot go on: " + ClientErrors.text(code.orElse(0)));
    }

    private Step onNotified(int identifier, EapSimMessage message, Bytes data) {
        if (notified == Notified.FAILURE) {
            return over(failure);
        }
        boolean confirmed =
                message.subtype() == EapSimSubtype.NOTIFICATION_ROUND
                        && isSealed(false, identifier, message, data, Bytes.EMPTY);
        return confirmed ? done() : over("client does not confirm success");
    }

    /// The client is told, and answers that before the login is over.
    final Step failing(String why) {
        if (notified != Notified.NOTHING) {
            return over(failure.isEmpty() ? why : failure);
        }
        failure = why;
        notified = Notified.FAILURE;
        note("%s", why);
        return new Step.Send(
                new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                        .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(FAILURE_BEFORE))
                        .encode());
    }

    final Step over(String why) {
        wipe();
        return new Step.Failed(why);
    }

    /// The client's proof is right.
    ///
    /// @param indicated it wants to be told in the method
    final Step succeeded(int identifier, boolean indicated) {
        if (!indicated || !context.options().sim().resultIndication()) {
            return done();
        }
        notified = Notified.SUCCESS;
        return new Step.Send(
                sealed(
                        true,
                        identifier + 1 & 0xff,
                        new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                                .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(SUCCESS)),
                        Bytes.EMPTY));
    }

    private Step done() {
        var done = new Step.Done(Bytes.EMPTY, Optional.of(keys.msk()));
        wipe();
        return done;
    }

    private void wipe() {
        if (keys != null) {
            keys.close();
        }
    }

    final EapSimMessage withResultIndication(EapSimMessage challenge) {
        return context.options().sim().resultIndication()
                ? challenge.with(EapSimAttribute.RESULT_IND)
                : challenge;
    }

    /// What is encrypted in a response is only padding, but must be that.
    final boolean hidesNothingWrong(EapSimMessage message) {
        try {
            opened(false, message);
            return true;
        } catch (PeerViolation e) {
            note("client encrypted %s", e.getMessage());
            return false;
        }
    }
}
