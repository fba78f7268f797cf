package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.Puzzle;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.TransformType;
import org.keyferry.wire.Violation;

/// Client puzzles as initiator (RFC 8019 §7). A gateway gives them in `engine.FrontDoor`, for
/// IKE_SA_INIT alone: its keys are there before IKE_AUTH comes, so that one for that would spare it
/// nothing.
public final class Puzzles {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// What is done for a gateway that leaves it to us how much (§7.1.1.1).
    private static final int BITS_OF_OUR_CHOICE = 18;

    /// Instead of an answer to IKE_SA_INIT. One that is too hard is left alone, as if we did not
    /// know what it is: the cookie may be enough (§7.1.2).
    ///
    /// @param draft with the cookie
    static State onPuzzle(
            SaCore sa, State.InitDraft draft, LocalKey key, Bytes notify, Instant now, Outbox out) {
        int wanted = notify.u8(2);
        int limit = sa.settings().admission().puzzles().limitBits();
        int zeroBits = wanted == 0 ? Math.min(limit, BITS_OF_OUR_CHOICE) : wanted;
        Optional<Puzzle> puzzle = puzzle(sa, notify.u16(0), zeroBits, draft.cookie());
        if (puzzle.isEmpty() || zeroBits > limit || limit == 0) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "peer's puzzle is not solved: %s; sending IKE_SA_INIT again without",
                    puzzle.isEmpty() ? "PRF " + notify.u16(0) : tooHard(zeroBits, limit));
            return IkeSaInit.send(sa, draft, key, now, out);
        }
        out.log(sa, Group.IKE, 0, "solving a puzzle of %d bits for the peer", zeroBits);
        var unwanted = new AtomicBoolean();
        Instant until = begin(sa, puzzle.get(), unwanted, now, out);
        return new State.SolvingInit(draft, key, unwanted, until);
    }

    private static Instant begin(
            SaCore sa, Puzzle puzzle, AtomicBoolean unwanted, Instant now, Outbox out) {
        Instant until = now.plus(PATIENCE);
        out.compute(sa, new ComputeJob.Solve(puzzle, unwanted));
        out.timer(sa.ownSpi(), TimerQueue.Kind.HALF_OPEN, until);
        return until;
    }

    private static String tooHard(int zeroBits, int limit) {
        return limit == 0
                ? "puzzle_limit = 0"
                : "it is of %d bits, more than puzzle_limit = %d".formatted(zeroBits, limit);
    }

    /// Only with a PRF that we offered.
    private static Optional<Puzzle> puzzle(SaCore sa, int prfId, int zeroBits, Bytes text) {
        boolean offered =
                sa.connection().proposals().stream()
                        .flatMap(proposal -> proposal.ofType(TransformType.PRF).stream())
                        .anyMatch(prf -> prf.id() == prfId);
        return offered ? Puzzle.of(prfId, zeroBits, text) : Optional.empty();
    }

    public static State onSolved(
            SaCore sa, State.SolvingInit solving, List<Bytes> keys, Instant now, Outbox out) {
        out.log(sa, Group.IKE, 1, "puzzle solved, sending IKE_SA_INIT again");
        return IkeSaInit.send(sa, solving.draft().solved(keys), solving.key(), now, out);
    }

    static Reason tooMany() {
        return new Reason.PuzzleUnsolved("it gives one after the other");
    }

    /// What an answer to IKE_SA_INIT says of IKE_AUTH, where it is not ours to choose whether and
    /// how hard (§7.2.1.1, §7.2.2).
    ///
    /// @return why it cannot be done
    static Optional<Reason> read(SaCore sa, List<Payload> payloads, Bytes nonceR) {
        Optional<Bytes> notify =
                IkeMessage.notify(payloads, NotifyType.PUZZLE).map(Payload.Notify::data);
        if (notify.isEmpty()) {
            return Optional.empty();
        }
        int zeroBits = notify.get().u8(2);
        int limit = sa.settings().admission().puzzles().limitBits();
        Optional<Puzzle> puzzle =
                puzzle(sa, notify.get().u16(0), zeroBits, nonceR.concat(sa.responderSpi().bytes()));
        if (zeroBits == 0 || puzzle.isEmpty()) {
            return Optional.of(
                    new Reason.PeerBroke(
                            "IKE_SA_INIT response", new Violation.Malformed("PUZZLE data", 0)));
        }
        if (zeroBits > limit) {
            return Optional.of(new Reason.PuzzleUnsolved(tooHard(zeroBits, limit)));
        }
        sa.extensions().puzzle(puzzle);
        return Optional.empty();
    }

    /// The keys are there: IKE_AUTH may have to wait for the solution.
    public static State beforeAuth(
            SaCore sa,
            Optional<Child> child,
            State.InitTranscript transcript,
            Instant now,
            Outbox out) {
        Optional<Puzzle> puzzle = sa.extensions().puzzle();
        if (puzzle.isEmpty()) {
            return IkeIntermediate.next(sa, child, transcript, now, out);
        }
        int zeroBits = puzzle.get().zeroBits();
        out.log(sa, Group.IKE, 0, "solving a puzzle of %d bits before IKE_AUTH", zeroBits);
        sa.extensions().puzzle(Optional.empty());
        var unwanted = new AtomicBoolean();
        Instant until = begin(sa, puzzle.get(), unwanted, now, out);
        return new State.SolvingAuth(child, transcript, unwanted, until);
    }

    public static State onSolved(
            SaCore sa, State.SolvingAuth solving, List<Bytes> keys, Instant now, Outbox out) {
        sa.extensions().beforeAuth(List.of(new Payload.PuzzleSolution(keys)));
        return IkeIntermediate.next(sa, solving.child(), solving.transcript(), now, out);
    }

    private Puzzles() {}
}
