package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;

/// IKE_AUTH as responder (RFC 7296 §1.2, §2.15, §2.17).
public final class IkeAuthAnswer {

    /// What a request is worth.
    public sealed interface Verdict {
        /// @param head IDr and AUTH of our answer
        /// @param child the CHILD_SA that was agreed on
        /// @param childRefusal the notify and the reason if there is none
        record Authentic(
                List<Payload> head,
                boolean initialContact,
                Optional<State.Agreed> child,
                Optional<ChildRefusal> childRefusal)
                implements Verdict {}

        /// @param answer error notify for the peer
        record Failed(int answer, Reason reason) implements Verdict {}
    }

    public record ChildRefusal(int notifyType, Reason reason) {}

    public static Verdict judge(
            SaCore sa,
            State.InitTranscript transcript,
            List<Payload> payloads,
            SaInput.Received in,
            Outbox out) {
        var idi = IkeMessage.first(payloads, Payload.IdInitiator.class);
        if (idi.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.INVALID_SYNTAX,
                    new Reason.AuthenticationFailed("request without IDi"));
        }
        Identification peer = idi.get().id();
        Optional<Identification> wanted =
                IkeMessage.first(payloads, Payload.IdResponder.class).map(Payload.IdResponder::id);
        var auth = IkeMessage.first(payloads, Payload.Authentication.class);
        if (auth.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.AUTHENTICATION_FAILED,
                    new Reason.AuthenticationFailed(
                            "peer '%s' requested EAP, config unacceptable".formatted(peer)));
        }
        out.log(
                sa,
                Group.CFG,
                1,
                "looking for peer configs matching %s[%s]...%s[%s]",
                in.local().address(),
                wanted.map(Identification::toString).orElse("%any"),
                in.remote().address(),
                peer);
        Optional<Connection> selected = select(sa, in, wanted, peer);
        if (selected.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.AUTHENTICATION_FAILED,
                    new Reason.NoMatchingConnection(
                            "no matching peer config found for '%s' as '%s'"
                                    .formatted(
                                            peer,
                                            wanted.map(Identification::toString).orElse("%any"))));
        }
        sa.connection(selected.get());
        out.log(sa, Group.CFG, 1, "selected peer config '%s'", sa.name());
        Identification own = ownId(sa, wanted);
        sa.identities(own, peer);
        Optional<String> wrong = PskRound.verify(sa, transcript, own, peer, auth.get());
        if (wrong.isPresent()) {
            return new Verdict.Failed(
                    NotifyType.AUTHENTICATION_FAILED, new Reason.AuthenticationFailed(wrong.get()));
        }
        out.log(sa, Group.IKE, 1, "authentication of '%s' with pre-shared key successful", peer);
        return authentic(sa, transcript, payloads, out);
    }

    private static Verdict authentic(
            SaCore sa, State.InitTranscript transcript, List<Payload> payloads, Outbox out) {
        Optional<Payload.Authentication> own = PskRound.sign(sa, transcript, sa.remoteId());
        if (own.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.AUTHENTICATION_FAILED,
                    new Reason.AuthenticationFailed("no shared key to authenticate with"));
        }
        out.log(
                sa,
                Group.IKE,
                1,
                "authentication of '%s' (myself) with pre-shared key",
                sa.localId());
        List<Payload> head = List.of(new Payload.IdResponder(sa.localId()), own.get());
        boolean contact = IkeMessage.notify(payloads, NotifyType.INITIAL_CONTACT).isPresent();
        var offered = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        var tsI = IkeMessage.first(payloads, Payload.TsInitiator.class);
        var tsR = IkeMessage.first(payloads, Payload.TsResponder.class);
        if (offered.isEmpty() && tsI.isEmpty() && tsR.isEmpty()) {
            return new Verdict.Authentic(head, contact, Optional.empty(), Optional.empty());
        }
        if (offered.isEmpty() || tsI.isEmpty() || tsR.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.INVALID_SYNTAX,
                    new Reason.AuthenticationFailed("request with an incomplete CHILD_SA"));
        }
        return agree(sa, head, contact, offered.get(), payloads, out);
    }

    private static Verdict agree(
            SaCore sa,
            List<Payload> head,
            boolean contact,
            Payload.SecurityAssociation offered,
            List<Payload> payloads,
            Outbox out) {
        var choice = ChildOptions.choose(sa, sa.connection().children(), payloads, out);
        if (choice.isEmpty()) {
            return refused(
                    head, contact, NotifyType.TS_UNACCEPTABLE, ChildOptions.noneFits(payloads));
        }
        Child child = choice.get().child();
        var outcome =
                ProposalSelection.select(
                        child.proposals(),
                        offered.proposals(),
                        sa.settings().preferConfiguredProposals(),
                        true,
                        sa.privateUse());
        Optional<Bytes> spi =
                outcome.proposal().map(Proposal::spi).filter(s -> ChildSpi.find(s).isPresent());
        if (spi.isEmpty()) {
            return refused(
                    head,
                    contact,
                    NotifyType.NO_PROPOSAL_CHOSEN,
                    new Reason.NoProposalChosen(
                            offered.proposals(),
                            child.proposals(),
                            outcome.proposal().isEmpty() ? outcome.mismatch() : "SPI of the peer"));
        }
        return new Verdict.Authentic(
                head,
                contact,
                Optional.of(
                        new State.Agreed(
                                child,
                                outcome.proposal().get(),
                                ChildSpi.of(spi.get()),
                                choice.get().tsI(),
                                choice.get().tsR(),
                                choice.get().terms())),
                Optional.empty());
    }

    private static Verdict refused(
            List<Payload> head, boolean contact, int notifyType, Reason reason) {
        return new Verdict.Authentic(
                head, contact, Optional.empty(), Optional.of(new ChildRefusal(notifyType, reason)));
    }

    /// Of the connections whose addresses admit this peer and that accept the chosen IKE proposal,
    /// the one that fits best by addresses and by identities. Neither score alone decides: in load
    /// order, each is put before the first that it beats in one score and equals in the other.
    private static Optional<Connection> select(
            SaCore sa, SaInput.Received in, Optional<Identification> wanted, Identification peer) {
        var candidates = new ArrayList<Candidate>();
        for (var admitted : sa.lookup().configuration().admitting(in.local(), in.remote())) {
            Connection connection = admitted.connection();
            int own = ownMatch(wanted, connection.local().getFirst().id());
            // not the other way round: a peer that calls itself `*` is not everybody
            int theirs = peer.matches(connection.remote().getFirst().id());
            if (own > 0 && theirs > 0 && accepts(connection, sa.proposal())) {
                insert(candidates, new Candidate(connection, admitted.score(), own + theirs));
            }
        }
        return candidates.stream().findFirst().map(Candidate::connection);
    }

    private record Candidate(Connection connection, int addresses, int identities) {
        boolean beats(Candidate other) {
            return addresses >= other.addresses
                    && identities >= other.identities
                    && addresses + identities > other.addresses + other.identities;
        }
    }

    private static void insert(List<Candidate> sorted, Candidate candidate) {
        int at = 0;
        while (at < sorted.size() && !candidate.beats(sorted.get(at))) {
            at++;
        }
        sorted.add(at, candidate);
    }

    private static int ownMatch(Optional<Identification> received, Identification configured) {
        if (configured.isAny() || received.isEmpty() || received.get().isAny()) {
            return 1;
        }
        return Math.max(received.get().matches(configured), configured.matches(received.get()));
    }

    private static boolean accepts(Connection connection, Proposal chosen) {
        return ProposalSelection.select(connection.proposals(), List.of(chosen), true, false, true)
                .proposal()
                .isPresent();
    }

    private static Identification ownId(SaCore sa, Optional<Identification> wanted) {
        Identification configured = sa.connection().local().getFirst().id();
        if (wanted.isPresent() && !wanted.get().isAny() && !wanted.get().hasWildcards()) {
            return wanted.get();
        }
        return configured.isAny() || configured.hasWildcards()
                ? Identification.ofAddress(sa.local().address())
                : configured;
    }

    /// The CHILD_SA part of our answer.
    public static List<Payload> accepted(
            State.PendingAnswer answer, State.Agreed agreed, Bytes spi) {
        Proposal chosen = agreed.proposal();
        var payloads = new ArrayList<>(answer.head());
        payloads.addAll(ChildOptions.answered(agreed.terms()));
        payloads.add(
                new Payload.SecurityAssociation(
                        List.of(
                                new Proposal(
                                        chosen.number(),
                                        chosen.protocolId(),
                                        spi,
                                        chosen.transforms()))));
        payloads.add(new Payload.TsInitiator(agreed.tsI()));
        payloads.add(new Payload.TsResponder(agreed.tsR()));
        return payloads;
    }

    public static List<Payload> withoutChild(List<Payload> head, int notifyType) {
        var payloads = new ArrayList<>(head);
        payloads.add(Payload.Notify.of(notifyType));
        return payloads;
    }

    private IkeAuthAnswer() {}
}
