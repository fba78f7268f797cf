package org.keyferry.engine.eap;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.tls.ResumableSession;
import org.keyferry.engine.Configuration;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// TLS sessions of EAP logins that succeeded, to be resumed by the next login, in both roles. Each
/// is for one use: whoever takes one gives it back if its login succeeded, too. Safe for any
/// thread.
public final class TlsSessions {
    /// Of both roles together.
    static final int MOST = 4_096;

    /// All that must be as it was in the login that the session came of.
    record Terms(
            boolean asServer,
            String connection,
            EapType type,
            Identification client,
            Identification server,
            AuthRound own,
            AuthRound peer,
            EapOptions.TlsMethod method,
            EapOptions.TlsLimits limits) {}

    /// Who the client was inside of TLS, and that its passwords are still the same, without keeping
    /// them.
    record Inner(Identification identity, Bytes mark) {
        static Inner of(
                Identification identity, List<SharedSecret> secrets, ResumableSession session) {
            return new Inner(identity, mark(identity, secrets, session));
        }

        boolean holds(List<SharedSecret> secrets, ResumableSession session) {
            return MessageDigest.isEqual(
                    mark.toArray(), mark(identity, secrets, session).toArray());
        }

        private static Bytes mark(
                Identification identity, List<SharedSecret> secrets, ResumableSession session) {
            var prf = Prf.of(Prf.HMAC_SHA2_256);
            byte[] key = session.master().array();
            byte[] mark = prf.compute(key, Bytes.utf8(identity.toString()).toArray());
            for (SharedSecret secret : secrets) {
                byte[] kind = Bytes.utf8(secret.kind().name()).toArray();
                mark = prf.compute(key, mark, kind, secret.secret().array());
            }
            return Bytes.wrapOwned(mark);
        }
    }

    /// @param inner of a method with EAP inside of TLS
    /// @param since when the session began with a full handshake
    record Kept(ResumableSession session, Terms terms, Optional<Inner> inner, Instant since) {}

    private record ClientKey(String connection, EapType type) {}

    /// By [ResumableSession#id] as server, by [ClientKey] as client; in the order in which they
    /// were used last.
    private final LinkedHashMap<Object, Kept> sessions = new LinkedHashMap<>();

    private static Object key(Kept kept) {
        return kept.terms().asServer()
                ? kept.session().id()
                : new ClientKey(kept.terms().connection(), kept.terms().type());
    }

    /// A login succeeded. The session that was there in its place is wiped, and so are old ones.
    @SuppressWarnings("ReferenceEquality") // the same object, not an equal one, keeps its key
    synchronized void keep(Kept kept, Duration lifetime, Instant now) {
        Kept former = sessions.remove(key(kept));
        if (former != null && former.session() != kept.session()) {
            former.session().close();
        }
        sessions.put(key(kept), kept);
        dropUnless(other -> now.isBefore(other.since().plus(lifetime)));
        if (sessions.size() > MOST) {
            sessions.pollFirstEntry().getValue().session().close();
        }
    }

    /// As server, for one use; whoever takes it closes it or gives it back.
    synchronized Optional<Kept> take(Bytes id, Terms terms, Duration lifetime, Instant now) {
        return taken(sessions.remove(id), terms, lifetime, now);
    }

    /// As client; the same.
    synchronized Optional<Kept> take(Terms terms, Duration lifetime, Instant now) {
        return taken(
                sessions.remove(new ClientKey(terms.connection(), terms.type())),
                terms,
                lifetime,
                now);
    }

    private static Optional<Kept> taken(Kept kept, Terms terms, Duration lifetime, Instant now) {
        if (kept == null) {
            return Optional.empty();
        }
        boolean usable =
                kept.terms().equals(terms)
                        && now.isBefore(kept.since().plus(lifetime))
                        && !now.isBefore(kept.since());
        if (!usable) {
            kept.session().close();
            return Optional.empty();
        }
        return Optional.of(kept);
    }

    /// Wipes those of connections that are not there any more, or do not ask for the same any more.
    public synchronized void retain(Configuration configuration) {
        dropUnless(
                kept ->
                        configuration
                                .connection(kept.terms().connection())
                                .filter(c -> c.local().contains(kept.terms().own()))
                                .filter(c -> c.remote().contains(kept.terms().peer()))
                                .isPresent());
    }

    private void dropUnless(Predicate<Kept> stays) {
        sessions.values()
                .removeIf(
                        kept -> {
                            boolean goes = !stays.test(kept);
                            if (goes) {
                                kept.session().close();
                            }
                            return goes;
                        });
    }

    public synchronized int size() {
        return sessions.size();
    }
}
