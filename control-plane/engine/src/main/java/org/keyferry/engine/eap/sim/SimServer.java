package org.keyferry.engine.eap.sim;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.engine.eap.sim.GivenIdentities.Again;
import org.keyferry.engine.eap.sim.GivenIdentities.Subscriber;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IdentityText;
import org.keyferry.wire.PeerViolation;

/// The server of one login, as far as the methods do not differ: errors and notifications (RFC 4186
/// §6, RFC 4187 §6), whom an identity was given to, and fast re-authentication (§5 of both).
abstract class SimServer extends SimRole {
    private static final int FAILURE_BEFORE = BEFORE_BIT;

    private enum Notified {
        NOTHING,
        SUCCESS,
        FAILURE
    }

    private static final int NONCE_BYTES = 16;

    /// What a fast re-authentication is made of, and leaves.
    ///
    /// @param counter of the next one
    /// @param left how many more there may be
    private record Series(Bytes mark, int counter, int left, Instant since) {}

    final ServerIdentities identities;
    private Notified notified = Notified.NOTHING;
    private String failure = "";

    /// Whom the identity that was told was given to.
    private Optional<Subscriber> real = Optional.empty();

    private Optional<EapSimAttribute> asked = Optional.empty();
    private Optional<Bytes> mark = Optional.empty();
    private Bytes nonceS = Bytes.EMPTY;
    private Optional<Series> series = Optional.empty();
    private Optional<SimKeys> lasting = Optional.empty();

    SimServer(EapSimMethod method, EapContext context) {
        super(method, context);
        this.identities = new ServerIdentities(method, context);
    }

    @Override
    final Bytes permanent() {
        return real.map(Subscriber::permanent).orElseGet(this::identity);
    }

    @Override
    final Identification whom() {
        return innerIdentity().orElseGet(context::client);
    }

    /// Only where no other method is configured. Else anybody could choose this one, and get the
    /// proof of a network whose key is a user's password: something to try passwords on.
    @Override
    final List<SharedSecret> secrets(Identification who) {
        return context.alternatives().equals(Set.of(type())) ? super.secrets(who) : List.of();
    }

    @Override
    public final Optional<Identification> innerIdentity() {
        return real.map(Subscriber::who)
                .or(
                        () ->
                                identityAsked()
                                        ? Optional.of(EapNames.parse(identity()))
                                        : Optional.empty());
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
        return nonceS.isEmpty()
                ? onResponse(identifier, message, data)
                : onAgain(identifier, message, data);
    }

    /// A response that is no error, in a full authentication.
    abstract Step onResponse(int identifier, EapSimMessage message, Bytes data);

    /// What identity to ask for next; each way to ask comes once, in the order of RFC 4186 §4.2.4.
    ///
    /// @return empty if all were asked for
    final Optional<EapSimAttribute> nextQuestion() {
        if (asked.filter(EapSimAttribute.PERMANENT_ID_REQ::equals).isPresent()) {
            return Optional.empty();
        }
        boolean last = asked.filter(EapSimAttribute.FULLAUTH_ID_REQ::equals).isPresent();
        return asking(
                last || !identities.givesAny()
                        ? EapSimAttribute.PERMANENT_ID_REQ
                        : EapSimAttribute.FULLAUTH_ID_REQ);
    }

    final EapSimAttribute firstQuestion() {
        return asking(
                        identities.givesReauth()
                                ? EapSimAttribute.ANY_ID_REQ
                                : EapSimAttribute.FULLAUTH_ID_REQ)
                .orElseThrow();
    }

    static String kind(EapSimAttribute question) {
        return question == EapSimAttribute.PERMANENT_ID_REQ ? "the permanent" : "another";
    }

    private Optional<EapSimAttribute> asking(EapSimAttribute question) {
        asked = Optional.of(question);
        return asked;
    }

    /// Somebody told an identity. Nobody is asked about one that can only be ours and is not.
    final boolean isForgotten() {
        return real.isEmpty() && identities.givesAny() && GivenIdentities.looksGiven(identity());
    }

    /// The identity that was told is ours. One for fast re-authentication comes without what a full
    /// one needs (RFC 4186 §9.2).
    final boolean isGiven() {
        return real.isPresent();
    }

    /// Finds out whom the identity that was told was given to.
    ///
    /// @param identifier of the request
    /// @return the request of a fast re-authentication, if it was given for one
    final Optional<Step> recognise(int identifier) {
        Optional<Again> again = identities.take(identity());
        real = again.map(Again::whom).or(() -> identities.behind(identity()));
        real.ifPresent(
                whom ->
                        note(
                                "identity '%s' was given to '%s'",
                                IdentityText.harmless(identity().utf8()), who()));
        if (again.isEmpty()) {
            return Optional.empty();
        }
        if (!context.sims().standing(user()).equals(Optional.of(again.get().mark()))) {
            again.get().keys().close();
            note("credentials of '%s' are not what they were, no fast re-authentication", who());
            return Optional.empty();
        }
        return Optional.of(again(identifier, again.get()));
    }

    private Step again(int identifier, Again again) {
        nonceS = Bytes.wrapOwned(context.randomBytes(NONCE_BYTES));
        keys = again.keys().again(identity(), again.counter(), nonceS);
        again.keys().close();
        counter(OptionalInt.of(again.counter()));
        series =
                Optional.of(
                        new Series(
                                again.mark(),
                                again.counter() + 1,
                                again.left() - 1,
                                again.since()));
        note("fast re-authentication %d of '%s'", again.counter(), who());
        var hidden =
                new EapSimMessage(EapSimSubtype.REAUTHENTICATION)
                        .with(EapSimAttribute.COUNTER, Bytes.ofU16(again.counter()))
                        .with(EapSimAttribute.NONCE_S, nonceS);
        if (again.left() > 1) {
            hidden = identities.withNext(hidden, permanent());
        }
        EapSimMessage request = hiding(new EapSimMessage(EapSimSubtype.REAUTHENTICATION), hidden);
        if (!checkcode().isEmpty()) {
            request = request.with(EapSimAttribute.CHECKCODE, checkcode());
        }
        return new Step.Send(sealed(true, identifier, withResultIndication(request), Bytes.EMPTY));
    }

    private Step onAgain(int identifier, EapSimMessage message, Bytes data) {
        if (message.subtype() != EapSimSubtype.REAUTHENTICATION) {
            return failing("client sent %s out of turn".formatted(message.subtype()));
        }
        if (!isSealed(false, identifier, message, data, nonceS)) {
            return failing("client's fast re-authentication of '%s' is wrong".formatted(who()));
        }
        Optional<EapSimMessage> hidden;
        try {
            hidden = opened(false, message);
        } catch (PeerViolation e) {
            return failing("client encrypted %s".formatted(e.getMessage()));
        }
        if (hidden.isEmpty() || !isOfThisLogin(false, message)) {
            return failing("client's fast re-authentication lacks our counter");
        }
        boolean same = message.get(EapSimAttribute.CHECKCODE).map(checkcode()::equals).orElse(true);
        if (!same) {
            return failing("somebody changed the packets that told the identity");
        }
        if (hidden.get().has(EapSimAttribute.COUNTER_TOO_SMALL)) {
            note("'%s' has seen our counter before, authenticating in full", who());
            wipe();
            keys = null;
            counter(OptionalInt.empty());
            series = Optional.empty();
            nonceS = Bytes.EMPTY;
            return inFull(identifier);
        }
        return succeeded(identifier, message.has(EapSimAttribute.RESULT_IND));
    }

    /// Begins a full authentication of a subscriber that is known, in place of a fast one.
    ///
    /// @param identifier of the response
    abstract Step inFull(int identifier);

    /// Whoever is challenged is known by what was there before: what changes meanwhile has changed.
    final SimUser userToChallenge() {
        SimUser user = user();
        mark = context.sims().standing(user);
        return user;
    }

    /// With identities for next time. The keys must be there.
    final EapSimMessage withOffers(EapSimMessage challenge) {
        Optional<EapSimMessage> offers =
                identities.offers(challenge.subtype(), permanent(), mark.isPresent());
        series = mark.map(m -> new Series(m, 1, identities.limit(), context.now()));
        return offers.map(hidden -> hiding(challenge, hidden)).orElse(challenge);
    }

    @Override
    public final void confirmed() {
        Subscriber whom = real.orElseGet(() -> identities.subscriber(permanent(), whom()));
        Optional<Again> again =
                lasting.flatMap(
                        k ->
                                series.map(
                                        s ->
                                                new Again(
                                                        whom,
                                                        s.mark(),
                                                        k,
                                                        s.counter(),
                                                        s.left(),
                                                        s.since())));
        lasting = Optional.empty();
        identities.give(whom, mark.orElse(Bytes.EMPTY), again);
    }

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
                        && isSealed(false, identifier, message, data, Bytes.EMPTY)
                        && isOfThisLogin(false, message);
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
                        notification(
                                new EapSimMessage(EapSimSubtype.NOTIFICATION_ROUND)
                                        .with(EapSimAttribute.NOTIFICATION, Bytes.ofU16(SUCCESS))),
                        Bytes.EMPTY));
    }

    private Step done() {
        var done = new Step.Done(Bytes.EMPTY, Optional.of(keys.msk()));
        if (identities.offersReauth()) {
            lasting = Optional.of(keys.lasting());
        }
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
