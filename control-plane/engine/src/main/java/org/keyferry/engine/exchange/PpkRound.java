package org.keyferry.engine.exchange;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.Extensions.OfferedPpk;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.PpkTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Postquantum pre-shared keys (RFC 8784): from IKE_AUTH on a secret that both ends hold is part of
/// SK_d, SK_pi and SK_pr.
final class PpkRound {
    /// PPK_ID_FIXED: the identifier names one key (§5.1).
    private static final int FIXED = 2;

    private static final Payload USE_PPK = Payload.Notify.of(NotifyType.USE_PPK);

    /// Initiator: what IKE_SA_INIT says.
    static List<Payload> announced(SaCore sa) {
        return sa.connection().ppk().ppkId().isPresent() ? List.of(USE_PPK) : List.of();
    }

    /// Responder: the same, to a peer that has said it; there must be something to use.
    static List<Payload> agreed(SaCore sa) {
        boolean can = sa.lookup().configuration().hasPpks();
        return sa.extensions().peerUsesPpk() && can ? List.of(USE_PPK) : List.of();
    }

    static void read(SaCore sa, List<Payload> payloads) {
        sa.extensions().peerUsesPpk(IkeMessage.notify(payloads, NotifyType.USE_PPK).isPresent());
    }

    /// Initiator: settles which key is offered, if any.
    ///
    /// @return what is wrong if there is none but must be one
    static Optional<String> offer(SaCore sa, Outbox out) {
        PpkTerms terms = sa.connection().ppk();
        if (terms.ppkId().isEmpty()) {
            return terms.ppkRequired()
                    ? Optional.of("PPK required but no ppk_id is configured")
                    : Optional.empty();
        }
        Identification id = terms.ppkId().get();
        if (!sa.extensions().peerUsesPpk()) {
            return missing(sa, "peer does not support PPKs", terms, out);
        }
        Optional<SharedSecret> secret = sa.lookup().configuration().ppk(id);
        if (secret.isEmpty()) {
            return missing(sa, "no PPK for '%s' found".formatted(id), terms, out);
        }
        sa.extensions()
                .offeredPpk(Optional.of(new OfferedPpk(id, secret.get(), terms.ppkRequired())));
        return Optional.empty();
    }

    private static Optional<String> missing(SaCore sa, String what, PpkTerms terms, Outbox out) {
        if (terms.ppkRequired()) {
            return Optional.of("PPK required, but " + what);
        }
        out.log(sa, Group.CFG, 1, "%s, ignored because PPK is not required", what);
        return Optional.empty();
    }

    /// What proves our identity, as initiator with an offered key twice (§3).
    ///
    /// @param withoutPpk for a responder that does not know the key; empty if it must
    record Proofs<T>(T proof, Optional<T> withoutPpk) {}

    /// @param maker makes a proof with the keys as they are then
    static <T> Proofs<T> prove(SaCore sa, Supplier<T> maker) {
        Optional<OfferedPpk> offered = sa.extensions().offeredPpk();
        if (offered.isEmpty()) {
            return new Proofs<>(maker.get(), Optional.empty());
        }
        sa.keys().unmix();
        Optional<T> plain = offered.get().required() ? Optional.empty() : Optional.of(maker.get());
        sa.keys().mix(offered.get().secret().secret().array());
        return new Proofs<>(maker.get(), plain);
    }

    /// Initiator: goes behind AUTH.
    static List<Payload> identity(SaCore sa) {
        return sa.extensions().offeredPpk().stream()
                .<Payload>map(
                        ppk ->
                                Payload.Notify.of(
                                        NotifyType.PPK_IDENTITY,
                                        Bytes.ofU8(FIXED).concat(encoded(ppk.id()))))
                .toList();
    }

    static List<Payload> withoutPpk(Optional<Bytes> auth) {
        return auth.stream()
                .<Payload>map(data -> Payload.Notify.of(NotifyType.NO_PPK_AUTH, data))
                .toList();
    }

    /// Initiator: whether the responder uses the key; from here on the keys are as it has them.
    ///
    /// @param payloads of the answer to our first AUTH, with which the key was offered
    /// @return what is wrong, if anything
    static Optional<String> confirmed(SaCore sa, List<Payload> payloads, Outbox out) {
        Optional<OfferedPpk> offered = sa.extensions().offeredPpk();
        boolean used = IkeMessage.notify(payloads, NotifyType.PPK_IDENTITY).isPresent();
        if (offered.isEmpty()) {
            return used && !sa.extensions().ppkUsed()
                    ? Optional.of("peer uses a PPK that was not offered")
                    : Optional.empty();
        }
        Identification id = offered.get().id();
        sa.extensions().offeredPpk(Optional.empty());
        if (used) {
            out.log(sa, Group.CFG, 1, "using PPK for PPK_ID '%s'", id);
            sa.extensions().usesPpk(id);
            return Optional.empty();
        }
        if (offered.get().required()) {
            return Optional.of(
                    "PPK required, but peer didn't use PPK for PPK_ID '%s'".formatted(id));
        }
        out.log(sa, Group.CFG, 1, "peer didn't use PPK for PPK_ID '%s'", id);
        sa.keys().unmix();
        return Optional.empty();
    }

    /// What a responder verifies.
    sealed interface Received {
        record Proof(Payload.Authentication auth) implements Received {}

        record Failed(String why) implements Received {}
    }

    /// Responder: mixes the key in that the initiator names, or looks at the proof that does
    /// without.
    ///
    /// @param candidates connections that may be meant
    static Received received(
            SaCore sa,
            List<Connection> candidates,
            List<Payload> payloads,
            Payload.Authentication auth,
            Outbox out) {
        Optional<Payload.Notify> named = IkeMessage.notify(payloads, NotifyType.PPK_IDENTITY);
        if (named.isEmpty() || agreed(sa).isEmpty()) {
            return new Received.Proof(auth);
        }
        Optional<Identification> id = decoded(named.get().data());
        Optional<SharedSecret> secret =
                id.filter(i -> !i.hasWildcards())
                        .filter(i -> candidates.stream().anyMatch(c -> admits(c, i)))
                        .flatMap(sa.lookup().configuration()::ppk);
        if (secret.isPresent()) {
            out.log(sa, Group.CFG, 1, "using PPK for PPK_ID '%s'", id.get());
            sa.keys().mix(secret.get().secret().array());
            sa.extensions().usesPpk(id.get());
            return new Received.Proof(auth);
        }
        String name = id.map(Identification::toString).orElse("unknown kind of PPK_ID");
        Optional<Payload.Notify> plain = IkeMessage.notify(payloads, NotifyType.NO_PPK_AUTH);
        if (plain.isEmpty()) {
            return new Received.Failed(
                    "no PPK for '%s' found, and peer requires one".formatted(name));
        }
        out.log(
                sa,
                Group.CFG,
                1,
                "no PPK for '%s' found, ignored because PPK is not required",
                name);
        out.log(sa, Group.CFG, 1, "no PPK available, using NO_PPK_AUTH notify");
        return new Received.Proof(new Payload.Authentication(auth.method(), plain.get().data()));
    }

    private static boolean admits(Connection connection, Identification id) {
        return connection.ppk().ppkId().map(wanted -> id.matches(wanted) > 0).orElse(true);
    }

    /// Responder: without the candidates that do not admit the key that is in use, if one is.
    static State.AuthRequest admitting(SaCore sa, State.AuthRequest request, Outbox out) {
        Optional<Identification> used = sa.extensions().ppkId();
        if (used.isEmpty()) {
            return request;
        }
        var left = new ArrayList<Connection>();
        for (Connection candidate : request.candidates()) {
            if (admits(candidate, used.get())) {
                left.add(candidate);
            } else {
                IkeAuthAnswer.unacceptable(
                        sa, candidate, "PPK_ID '%s' is not acceptable".formatted(used.get()), out);
            }
        }
        return request.narrowed(left);
    }

    /// Whether the connection that was settled on asks for more than is in the keys.
    static Optional<String> lacking(SaCore sa) {
        Optional<Identification> used = sa.extensions().ppkId();
        if (used.isPresent() && !admits(sa.connection(), used.get())) {
            return Optional.of("PPK_ID '%s' is not acceptable".formatted(used.get()));
        }
        return sa.connection().ppk().ppkRequired() && !sa.extensions().ppkUsed()
                ? Optional.of("PPK required, but peer uses none that is known")
                : Optional.empty();
    }

    /// Responder: goes behind our AUTH in the answer to the request that named the key, or behind
    /// the last one.
    static List<Payload> confirmation(SaCore sa) {
        return sa.extensions().ppkUsed()
                ? List.of(Payload.Notify.of(NotifyType.PPK_IDENTITY))
                : List.of();
    }

    /// Names travel as text, others in their own encoding.
    static Bytes encoded(Identification id) {
        return switch (id.idType()) {
            case IdType.FQDN, IdType.RFC822_ADDR, IdType.KEY_ID -> id.data();
            default -> Bytes.utf8(id.toString());
        };
    }

    static Optional<Identification> decoded(Bytes data) {
        if (data.length() < 2 || data.u8(0) != FIXED) {
            return Optional.empty();
        }
        Bytes id = data.slice(1, data.length());
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(id.asBuffer()).toString();
            return Optional.of(Identification.parse(text));
        } catch (CharacterCodingException | IllegalArgumentException _) {
            return Optional.of(new Identification(IdType.KEY_ID, id));
        }
    }

    private PpkRound() {}
}
