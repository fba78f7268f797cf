package org.keyferry.engine.sa;

import java.time.Instant;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.exchange.CreateChild;
import org.keyferry.engine.exchange.CreateChildAnswer;
import org.keyferry.engine.exchange.IkeIntermediate;
import org.keyferry.engine.exchange.IkeIntermediateAnswer;
import org.keyferry.engine.exchange.IkeSaInit;
import org.keyferry.engine.exchange.IkeSaInitAnswer;
import org.keyferry.engine.exchange.Puzzles;
import org.keyferry.engine.exchange.RekeyIke;
import org.keyferry.engine.exchange.RekeyIkeAnswer;
import org.keyferry.engine.exchange.SetUp;

/// What comes back from the processor, and which step waits for it.
final class Computed {
    private final SaCore core;
    private final State state;
    private final Instant now;
    private final Outbox out;

    Computed(SaCore core, State state, Instant now, Outbox out) {
        this.core = core;
        this.state = state;
        this.now = now;
        this.out = out;
    }

    /// @param lane that asked for it
    State go(Lane lane, Computation result) {
        return switch (state) {
            case State.MakingKey(var draft)
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    IkeSaInit.keyMade(core, draft, key, now, out);
            case State.Deriving(var child, var transcript)
                    when result instanceof Computation.KeysReady(var keys, _) -> {
                core.keys(keys);
                yield Puzzles.beforeAuth(core, child, transcript, now, out);
            }
            case State.SolvingInit solving when result instanceof Computation.Solved(var keys) ->
                    Puzzles.onSolved(core, solving, keys.orElseThrow(), now, out);
            case State.SolvingAuth solving when result instanceof Computation.Solved(var keys) ->
                    Puzzles.onSolved(core, solving, keys.orElseThrow(), now, out);
            case State.MakingRoundKey making
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    IkeIntermediate.send(core, making, key, now, out);
            case State.DerivingRound deriving
                    when result instanceof Computation.KeysReady(var keys, _) ->
                    IkeIntermediate.renewed(core, deriving, keys, now, out);
            case State.AnsweringRound answering
                    when result instanceof Computation.KeysReady(var keys, var publicValue) ->
                    IkeIntermediateAnswer.answer(core, answering, keys, publicValue, now, out);
            case State.AnsweringRound _
                    when result instanceof Computation.Unusable(var violation) ->
                    IkeIntermediateAnswer.refuse(core, violation, now, out);
            case State.Answering answering
                    when result instanceof Computation.KeysReady(var keys, var publicValue) ->
                    IkeSaInitAnswer.answer(core, answering, keys, publicValue, now, out);
            case State.Established up -> onEstablished(up, lane, result);
            case State.Authenticating waiting -> SetUp.onComputed(core, waiting, result, now, out);
            case State.Answering _ when result instanceof Computation.Unusable(var violation) -> {
                out.log(core, Group.IKE, 0, "peer's key exchange is invalid: %s", violation);
                IkeSaInitAnswer.refuse(core, now, out);
                yield new State.Closed(new Reason.PeerBroke("IKE_SA_INIT", violation));
            }
            case State.DerivingRound _
                    when result instanceof Computation.Unusable(var violation) -> {
                out.log(core, Group.IKE, 0, "peer's key exchange is invalid: %s", violation);
                yield new State.Closed(new Reason.PeerBroke("IKE_INTERMEDIATE", violation));
            }
            case State.Deriving _ when result instanceof Computation.Unusable(var violation) -> {
                out.log(core, Group.IKE, 0, "peer's key exchange is invalid: %s", violation);
                yield new State.Closed(new Reason.PeerBroke("IKE_SA_INIT", violation));
            }
            default -> {
                IkeSa.discard(result);
                yield state;
            }
        };
    }

    private State onEstablished(State.Established up, Lane lane, Computation result) {
        return switch (lane) {
            case OWN ->
                    switch (up.own().orElseThrow()) {
                        case OwnExchange.OfChild own ->
                                CreateChild.onComputed(core, up, own, result, now, out);
                        case OwnExchange.OfIke own ->
                                RekeyIke.onComputed(core, up, own, result, now, out);
                    };
            case PEERS ->
                    switch (up.peers().orElseThrow()) {
                        case PeersExchange.PeersChild peers ->
                                CreateChildAnswer.onComputed(core, up, peers, result, now, out);
                        case PeersExchange.PeersIke peers ->
                                RekeyIkeAnswer.onComputed(core, up, peers, result, now, out);
                    };
        };
    }
}
