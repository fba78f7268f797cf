package org.keyferry.engine.eap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.keyferry.crypto.tls.ResumableSession;
import org.keyferry.crypto.tls.TlsEnd;
import org.keyferry.crypto.tls.TlsTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// What one login has to do with TLS sessions (RFC 5216 §2.1.2, RFC 5281 §7.5): it may resume that
/// of a former one, and leaves its own to a later one. What would refuse the peer in a full
/// handshake refuses its session (RFC 9190 §5.7).
final class TlsResumption {
    private final TlsSessions.Terms terms;
    private final EapContext context;
    private final Function<List<Bytes>, Optional<String>> judge;
    private final Duration lifetime;
    private Optional<TlsSessions.Kept> taken = Optional.empty();
    private boolean resumed;

    /// @param judge what is wrong now with certificates that the peer showed in a session, if it
    ///   showed some
    TlsResumption(
            TlsSessions.Terms terms,
            EapContext context,
            Function<List<Bytes>, Optional<String>> judge) {
        this.terms = terms;
        this.context = context;
        this.judge = judge;
        this.lifetime = context.options().limits().sessionLifetime();
    }

    TlsTerms.Resumption terms(Consumer<String> note) {
        if (lifetime.isZero()) {
            return TlsTerms.Resumption.NONE;
        }
        return terms.asServer()
                ? TlsTerms.Resumption.server(
                        id ->
                                usable(
                                        context.sessions().take(id, terms, lifetime, context.now()),
                                        note))
                : TlsTerms.Resumption.client(
                        usable(context.sessions().take(terms, lifetime, context.now()), note));
    }

    private Optional<ResumableSession> usable(
            Optional<TlsSessions.Kept> kept, Consumer<String> note) {
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> wrong = wrong(kept.get());
        if (wrong.isPresent()) {
            kept.get().session().close();
            note.accept("TLS session is not resumed: " + wrong.get());
            return Optional.empty();
        }
        taken = kept;
        return Optional.of(kept.get().session());
    }

    private Optional<String> wrong(TlsSessions.Kept kept) {
        boolean changed =
                kept.inner()
                        .filter(in -> !in.holds(secrets(in.identity()), kept.session()))
                        .isPresent();
        return changed
                ? Optional.of("the password is not the same any more")
                : judge.apply(kept.session().peerChain());
    }

    private List<org.keyferry.settings.model.SharedSecret> secrets(Identification inner) {
        return context.inside(inner).secrets();
    }

    /// The handshake is over.
    void established(TlsEnd tls) {
        resumed = tls.isResumed();
        if (!resumed) {
            taken.ifPresent(kept -> kept.session().close());
            taken = Optional.empty();
        }
    }

    boolean resumed() {
        return resumed;
    }

    /// Who proved itself inside of TLS when the session began.
    Optional<Identification> identity() {
        return taken.flatMap(TlsSessions.Kept::inner).map(TlsSessions.Inner::identity);
    }

    /// The login succeeded.
    ///
    /// @param inside who proved itself inside of TLS, with a method that has EAP there
    void keep(TlsEnd tls, Optional<Identification> inside) {
        if (lifetime.isZero()) {
            return;
        }
        Optional<TlsSessions.Kept> kept =
                resumed
                        ? taken
                        : tls.resumable()
                                .map(
                                        session ->
                                                new TlsSessions.Kept(
                                                        session,
                                                        terms,
                                                        inside.map(who -> inner(who, session)),
                                                        context.now()));
        kept.ifPresent(session -> context.sessions().keep(session, lifetime, context.now()));
    }

    private TlsSessions.Inner inner(Identification who, ResumableSession session) {
        return TlsSessions.Inner.of(who, secrets(who), session);
    }

    /// The login failed: what was taken for it is of no use any more.
    void drop() {
        taken.ifPresent(kept -> kept.session().close());
    }
}
