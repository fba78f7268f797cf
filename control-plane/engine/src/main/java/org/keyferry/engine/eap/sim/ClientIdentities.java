package org.keyferry.engine.eap.sim;

import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.sim.LearnedIdentities.Again;
import org.keyferry.engine.eap.sim.LearnedIdentities.Learned;
import org.keyferry.engine.eap.sim.LearnedIdentities.Pseudonym;
import org.keyferry.settings.model.EapOptions.SimIdentities;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimAttribute;
import org.keyferry.wire.EapSimMessage;
import org.keyferry.wire.EapSimMethod;

/// What one login as client has to do with identities that the server gave in former ones, and
/// gives for later ones (RFC 4186 §4.2, RFC 4187 §4.1).
final class ClientIdentities {
    private final EapContext context;
    private final SimIdentities options;
    private final LearnedIdentities learned;
    private final SimTerms terms;
    private final Bytes permanent;
    private final Supplier<Optional<Bytes>> standing;

    private boolean looked;
    private Optional<Pseudonym> pseudonym = Optional.empty();
    private Optional<Again> again = Optional.empty();

    /// Told in this login, so that a server knew no other.
    private boolean permanentTold;

    private Optional<Pseudonym> nextPseudonym = Optional.empty();
    private Optional<Bytes> next = Optional.empty();

    /// @param standing of our card, now
    ClientIdentities(
            EapSimMethod method,
            EapContext context,
            Bytes permanent,
            Supplier<Optional<Bytes>> standing) {
        this.context = context;
        this.options = context.options().sim().identities();
        this.learned = context.simMemory().learned();
        this.terms = SimTerms.of(method, context);
        this.permanent = permanent;
        this.standing = standing;
    }

    private void look() {
        if (looked || !options.accept()) {
            return;
        }
        looked = true;
        Learned known =
                learned.take(
                        terms,
                        permanent,
                        options.pseudonymLifetime(),
                        options.reauthLifetime(),
                        context.now());
        pseudonym = known.pseudonym();
        again = known.again();
        if (again.isPresent() && !standing.get().equals(again.map(Again::mark))) {
            dropAgain(); // another card
        }
    }

    /// For EAP-Identity; empty if there is nothing but the permanent identity.
    Optional<Bytes> hidden() {
        look();
        return again.map(Again::identity).or(() -> pseudonym.map(Pseudonym::name));
    }

    /// The answer to a question for our identity.
    Bytes told(EapSimAttribute question) {
        look();
        if (question != EapSimAttribute.ANY_ID_REQ) {
            dropAgain();
        }
        if (question == EapSimAttribute.PERMANENT_ID_REQ) {
            permanentTold = true;
            return permanent;
        }
        return hidden().orElse(permanent);
    }

    /// The keys for a fast re-authentication, if this identity is for one; for whoever takes them.
    Optional<Again> take(Bytes identity) {
        Optional<Again> taken = again.filter(a -> a.identity().equals(identity));
        if (taken.isPresent()) {
            again = Optional.empty();
        }
        return taken;
    }

    boolean isForReauth(Bytes identity) {
        return again.filter(a -> a.identity().equals(identity)).isPresent();
    }

    /// There is no fast re-authentication in this login any more.
    void dropAgain() {
        again.ifPresent(a -> a.keys().close());
        again = Optional.empty();
    }

    /// What a server hid in its challenge, or in its request for fast re-authentication.
    void offered(EapSimMessage hidden) {
        if (!options.accept()) {
            return;
        }
        // a name alone: our realm goes behind it, and both must be fit to be told
        nextPseudonym =
                hidden.get(EapSimAttribute.NEXT_PSEUDONYM)
                        .filter(name -> name.utf8().indexOf('@') < 0)
                        .map(name -> GivenIdentities.withRealmOf(permanent, name))
                        .filter(name -> name.length() <= GivenIdentities.MAX_NAI_BYTES)
                        .map(name -> new Pseudonym(name, context.now()));
        next = hidden.get(EapSimAttribute.NEXT_REAUTH_ID);
    }

    /// The login succeeded in full.
    ///
    /// @param keys stay whose they are
    void learn(SimKeys keys) {
        keep(
                next.flatMap(
                        id ->
                                standing.get()
                                        .map(
                                                mark ->
                                                        new Again(
                                                                id,
                                                                mark,
                                                                keys.lasting(),
                                                                1,
                                                                context.now()))));
    }

    /// A fast re-authentication succeeded.
    ///
    /// @param former that it was done with
    /// @param counter of it
    void learn(SimKeys keys, Again former, int counter) {
        keep(
                next.map(
                        id ->
                                new Again(
                                        id,
                                        former.mark(),
                                        keys.lasting(),
                                        counter + 1,
                                        former.since())));
    }

    private void keep(Optional<Again> nextAgain) {
        look();
        dropAgain();
        Optional<Pseudonym> former = permanentTold ? Optional.empty() : pseudonym;
        learned.keep(terms, permanent, new Learned(nextPseudonym.or(() -> former), nextAgain));
    }

    /// A gateway does not let names through that hide ours.
    void forget() {
        dropAgain();
        pseudonym = Optional.empty();
        learned.forget(terms, permanent);
    }
}
