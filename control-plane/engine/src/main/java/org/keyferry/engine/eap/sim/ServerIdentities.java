package org.keyferry.engine.eap.sim;

import java.util.Optional;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.sim.GivenIdentities.Again;
import org.keyferry.engine.eap.sim.GivenIdentities.Subscriber;
import org.keyferry.settings.model.EapOptions.SimIdentities;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.Identification;

/// What one login as server has to do with identities that were given in former ones, and gives for
/// later ones (RFC 4186 §4.2, RFC 4187 §4.1).
final class ServerIdentities {
    private final EapSimMethod method;
    private final EapContext context;
    private final SimIdentities options;
    private final GivenIdentities given;
    private final SimTerms terms;
    private Optional<Bytes> pseudonym = Optional.empty();
    private Optional<Bytes> next = Optional.empty();

    ServerIdentities(EapSimMethod method, EapContext context) {
        this.method = method;
        this.context = context;
        this.options = context.options().sim().identities();
        this.given = context.simMemory().given();
        this.terms = SimTerms.of(method, context);
    }

    boolean givesAny() {
        return options.pseudonyms() || options.reauth();
    }

    boolean givesReauth() {
        return options.reauth();
    }

    /// For one use; whoever takes it closes its keys.
    Optional<Again> take(Bytes told) {
        return options.reauth()
                ? given.take(told, terms, options.reauthLifetime(), context.now())
                : Optional.empty();
    }

    Optional<Subscriber> behind(Bytes told) {
        return options.pseudonyms()
                ? given.behind(told, terms, options.pseudonymLifetime(), context.now())
                : Optional.empty();
    }

    /// What is hidden in the challenge of a full authentication.
    ///
    /// @param lasts somebody knows the subscriber's keys without being asked again
    /// @return empty if nothing is
    Optional<EapSimMessage> offers(EapSimSubtype subtype, Bytes permanent, boolean lasts) {
        drop();
        var offers = new EapSimMessage(subtype);
        if (!GivenIdentities.mayHide(permanent)) {
            return Optional.empty();
        }
        if (options.pseudonyms()) {
            Bytes name = GivenIdentities.username(method, false, context.random());
            pseudonym = Optional.of(GivenIdentities.withRealmOf(permanent, name));
            offers = offers.with(EapSimAttribute.NEXT_PSEUDONYM, name);
        }
        if (options.reauth() && lasts) {
            offers = withNext(offers, permanent);
        }
        return offers.fields().isEmpty() ? Optional.empty() : Optional.of(offers);
    }

    /// With an identity for the next fast re-authentication.
    EapSimMessage withNext(EapSimMessage hidden, Bytes permanent) {
        Bytes name = GivenIdentities.username(method, true, context.random());
        next = Optional.of(GivenIdentities.withRealmOf(permanent, name));
        return hidden.with(EapSimAttribute.NEXT_REAUTH_ID, next.get());
    }

    /// What was offered is not given.
    void drop() {
        pseudonym = Optional.empty();
        next = Optional.empty();
    }

    boolean offersReauth() {
        return next.isPresent();
    }

    Subscriber subscriber(Bytes permanent, Identification who) {
        return new Subscriber(terms, permanent, who);
    }

    /// The login succeeded: what was offered is given.
    ///
    /// @param mark as of [Again#mark]
    /// @param again for the identity that was offered, if one was
    void give(Subscriber whom, Bytes mark, Optional<Again> again) {
        pseudonym.ifPresent(
                name -> given.keep(name, whom, mark, options.pseudonymLifetime(), context.now()));
        again.ifPresent(
                a -> given.keep(next.orElseThrow(), a, options.reauthLifetime(), context.now()));
        drop();
    }

    int limit() {
        return options.reauthLimit();
    }
}
