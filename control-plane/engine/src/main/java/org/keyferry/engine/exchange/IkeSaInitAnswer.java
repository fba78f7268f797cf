package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TransformType;

/// IKE_SA_INIT as responder (RFC 7296 §1.2). Nothing is remembered before a request is acceptable.
public final class IkeSaInitAnswer {

    /// What a request is worth.
    public sealed interface Judgement {
        /// @param method of the key exchange, the same as in the request's KE payload
        record Acceptable(
                Connection connection,
                Proposal proposal,
                KeyExchangeMethod method,
                Bytes publicValue,
                Bytes nonce)
                implements Judgement {}

        /// @param reason empty for the ordinary INVALID_KE_PAYLOAD detour
        record Refused(Payload.Notify answer, Optional<Reason> reason) implements Judgement {}

        /// @param connection that the request falls to
        record Redirected(Payload.Notify answer, String connection, Gateway target)
                implements Judgement {}
    }

    public static Judgement judge(
            Configuration configuration,
            EngineSettings settings,
            SaInput.Received in,
            List<Payload> payloads) {
        var offered = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        if (offered.isEmpty() || key.isEmpty() || nonce.isEmpty()) {
            return new Judgement.Refused(
                    Payload.Notify.of(NotifyType.INVALID_SYNTAX), Optional.empty());
        }
        List<Connection> candidates = configuration.matching(in.local(), in.remote());
        if (candidates.isEmpty()) {
            return new Judgement.Refused(
                    Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN),
                    Optional.of(
                            new Reason.NoMatchingConnection(
                                    "no IKE config found for %s...%s, sending NO_PROPOSAL_CHOSEN"
                                            .formatted(
                                                    in.local().address(), in.remote().address()))));
        }
        String mismatch = "";
        boolean intermediate = AdditionalKeys.announcedIn(payloads);
        List<Proposal> wanted = offered.get().proposals();
        for (Connection candidate : candidates) {
            var outcome =
                    ProposalSelection.select(
                            intermediate
                                    ? candidate.proposals()
                                    : AdditionalKeys.without(candidate.proposals()),
                            intermediate ? wanted : AdditionalKeys.without(wanted),
                            settings.preferConfiguredProposals(),
                            false,
                            settings.acceptPrivateAlgs());
            Optional<Payload.Notify> elsewhere =
                    Redirect.ofInit(candidate, payloads, nonce.get().data());
            if (outcome.proposal().isPresent() && elsewhere.isPresent()) {
                return new Judgement.Redirected(
                        elsewhere.get(),
                        candidate.name(),
                        candidate.redirects().redirectInit().orElseThrow());
            }
            if (outcome.proposal().isPresent()) {
                return accept(candidate, outcome.proposal().get(), key.get(), nonce.get());
            }
            if (mismatch.isEmpty()) {
                mismatch = outcome.mismatch();
            }
        }
        return new Judgement.Refused(
                Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN),
                Optional.of(
                        new Reason.NoProposalChosen(
                                offered.get().proposals(),
                                candidates.getFirst().proposals(),
                                mismatch)));
    }

    private static Judgement accept(
            Connection connection,
            Proposal proposal,
            Payload.KeyExchange key,
            Payload.Nonce nonce) {
        int methodId = proposal.ofType(TransformType.KE).getFirst().id();
        if (key.methodId() != methodId) {
            return new Judgement.Refused(
                    Payload.Notify.of(NotifyType.INVALID_KE_PAYLOAD, Bytes.ofU16(methodId)),
                    Optional.empty());
        }
        return new Judgement.Acceptable(
                connection,
                proposal,
                KeyExchangeMethod.of(methodId).orElseThrow(),
                key.publicValue(),
                nonce.data());
    }

    /// Takes an acceptable request into a new SA: has the keys made.
    public static State begin(
            SaCore sa,
            Judgement.Acceptable request,
            SaInput.Received in,
            List<Payload> payloads,
            Outbox out) {
        out.log(
                sa,
                Group.IKE,
                0,
                "%s is initiating an IKE_SA %s[%d]",
                in.remote().address(),
                sa.name(),
                sa.uniqueId());
        sa.peerSpi(in.header().initiatorSpi());
        sa.chosen(request.proposal());
        out.log(sa, Group.CFG, 1, "selected proposal: %s", request.proposal());
        IkeSaInit.detectNat(sa, in.header().initiatorSpi(), in.header().responderSpi(), payloads);
        Abilities.read(sa, payloads);
        VendorIds.read(sa, payloads);
        sa.peerSupport(PeerSupport.NONE.with(payloads));
        if (sa.natRemote()) {
            out.log(sa, Group.IKE, 0, "remote host is behind NAT");
        }
        if (sa.natLocal()) {
            out.log(sa, Group.IKE, 0, "local host is behind NAT, sending keep alives");
        }
        sa.responses().began();
        Bytes nonceR = KeyOffer.nonce(sa);
        out.compute(
                sa,
                new ComputeJob.Respond(
                        request.method(),
                        sa.randomSecret(request.method().entropyBytes()),
                        request.publicValue(),
                        sa.suite(),
                        request.nonce(),
                        nonceR,
                        sa.initiatorSpi(),
                        sa.responderSpi()));
        return new State.Answering(in.datagram(), request.nonce(), nonceR);
    }

    /// The peer's public value is unusable: it learns that, and may try with another one.
    public static void refuse(SaCore sa, Instant now, Outbox out) {
        Bytes answer =
                IkeMessage.encode(
                        sa.initiatorSpi(),
                        IkeSpi.ZERO,
                        ExchangeType.IKE_SA_INIT,
                        false,
                        true,
                        0,
                        List.of(Payload.Notify.of(NotifyType.INVALID_SYNTAX)));
        count(sa);
        sa.send(answer, now, out);
    }

    /// The keys are there: sends the answer.
    public static State answer(
            SaCore sa,
            State.Answering state,
            IkeKeys keys,
            Bytes publicValue,
            Instant now,
            Outbox out) {
        sa.keys(keys);
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.SecurityAssociation(List.of(sa.proposal())));
        payloads.add(new Payload.KeyExchange(sa.suite().keId(), publicValue));
        payloads.add(new Payload.Nonce(state.nonceR()));
        if (sa.peerNatT()) {
            payloads.addAll(IkeSaInit.natDetection(sa));
        }
        payloads.addAll(Abilities.agreed(sa));
        payloads.addAll(VendorIds.own(sa));
        if (!sa.peerSupport().hashes().isEmpty()) {
            payloads.add(PublicKeyRound.allHashes());
        }
        if (sa.settings().eap().multipleAuthentication()) {
            payloads.add(Payload.Notify.of(NotifyType.MULTIPLE_AUTH_SUPPORTED));
        }
        payloads.addAll(PublicKeyRound.requestOfResponder(sa));
        Bytes response =
                IkeMessage.encode(
                        sa.initiatorSpi(),
                        sa.responderSpi(),
                        ExchangeType.IKE_SA_INIT,
                        false,
                        true,
                        0,
                        payloads);
        sa.responses().answered(List.of(response));
        count(sa);
        sa.send(response, now, out);
        Instant deadline = now.plus(sa.settings().halfOpenTimeout());
        out.timer(sa.ownSpi(), TimerQueue.Kind.HALF_OPEN, deadline);
        return new State.AwaitingAuth(
                new State.InitTranscript(state.request(), response, state.nonceI(), state.nonceR()),
                deadline);
    }

    /// The connection is not certain before the peer has told its identity.
    private static void count(SaCore sa) {
        sa.lookup().tally().sent("", ExchangeType.IKE_SA_INIT, true);
    }

    private IkeSaInitAnswer() {}
}
