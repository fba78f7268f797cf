package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.crypto.Puzzle;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.settings.model.Puzzles;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.Payload;
import org.keyferry.wire.TransformType;

/// When strangers are given puzzles, how hard ones, and who gets in (RFC 8019 §6, §7.1). Nothing is
/// kept of a puzzle that was given, as its cookie says all; of one that was solved its cookie, so
/// that it opens the door once.
///
/// From the threshold on a puzzle costs some zero bits, and one more each time that the number of
/// half-open IKE_SAs has doubled. Who solved one is let in. Who shows a cookie alone is so with a
/// probability that falls from one at the threshold to zero at twice of it.
final class PuzzleBook {
    /// What a valid cookie says that was baked with it.
    ///
    /// @param prfId 0 if it was a cookie alone
    record Challenge(int prfId, int zeroBits) {
        static final Challenge NONE = new Challenge(0, 0);

        boolean isPuzzle() {
            return prfId != 0;
        }
    }

    private static final Duration ALERT = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 4;
    private static final int MOST_SPENT = 65_536;

    private final SaCore.Context context;
    private final Puzzles puzzles;
    private final Map<Bytes, Instant> spent = new LinkedHashMap<>();
    private Instant alert = Instant.MIN;

    PuzzleBook(SaCore.Context context) {
        this.context = context;
        this.puzzles = context.settings().admission().puzzles();
    }

    /// From when the threshold is reached until some seconds after it was last.
    boolean isOpen(Instant now) {
        if (puzzles.threshold() > 0 && halfOpen() >= puzzles.threshold()) {
            alert = now.plus(ALERT);
        }
        return now.isBefore(alert);
    }

    private int halfOpen() {
        return context.ids().census().halfOpen();
    }

    /// The puzzle for this request, with the initiator's first PRF that is known here.
    ///
    /// @return empty if there is no such PRF, or the request is not whole: it will be refused
    Optional<Challenge> challenge(List<Payload> payloads) {
        if (IkeMessage.first(payloads, Payload.KeyExchange.class).isEmpty()
                || IkeMessage.first(payloads, Payload.Nonce.class).isEmpty()) {
            return Optional.empty();
        }
        return IkeMessage.first(payloads, Payload.SecurityAssociation.class).stream()
                .flatMap(sa -> sa.proposals().stream())
                .flatMap(proposal -> proposal.ofType(TransformType.PRF).stream())
                .map(prf -> new Challenge(prf.id(), zeroBits()))
                .filter(challenge -> puzzle(challenge, Bytes.EMPTY).isPresent())
                .findFirst();
    }

    private int zeroBits() {
        int times = Math.max(1, halfOpen() / puzzles.threshold());
        int doublings = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(times);
        return puzzles.zeroBits() + Math.min(doublings, MOST_DOUBLINGS);
    }

    private static Optional<Puzzle> puzzle(Challenge challenge, Bytes cookie) {
        return Puzzle.of(challenge.prfId(), challenge.zeroBits(), cookie);
    }

    /// Whether the request brings a solution that was not used before.
    ///
    /// @param cookie that is valid, and says this
    boolean isSolved(Challenge challenge, Bytes cookie, List<Payload> payloads) {
        return challenge.isPuzzle()
                && !spent.containsKey(cookie)
                && IkeMessage.first(payloads, Payload.PuzzleSolution.class)
                        .filter(
                                solution ->
                                        puzzle(challenge, cookie)
                                                .orElseThrow()
                                                .isSolvedBy(solution.keys()))
                        .isPresent();
    }

    /// Whether one that did no work gets in all the same.
    boolean isLucky() {
        int over = halfOpen() - puzzles.threshold();
        return context.random().nextInt(puzzles.threshold()) >= over;
    }

    /// A solution has opened the door.
    void spend(Bytes cookie, Instant now) {
        var eldest = spent.entrySet().iterator();
        while (eldest.hasNext()
                && (eldest.next().getValue().isBefore(now) || spent.size() >= MOST_SPENT)) {
            eldest.remove();
        }
        spent.put(cookie.compact(), now.plus(CookieJar.VALID_WITH_PUZZLE));
    }
}
