package org.keyferry.engine.eap.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.keyferry.crypto.sim.Aka;
import org.keyferry.crypto.sim.Milenage;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;

/// Network and cards in software: Milenage with keys that are known, from wherever they come.
public final class SoftwareSims implements SimSource {
    private static final int SEPARATION = 0x8000;

    private final Function<String, Optional<SimCard>> cards;
    private final SequenceNumbers numbers;

    /// @param cards by one of a subscriber's names; a card that is handed out is wiped afterwards
    public SoftwareSims(Function<String, Optional<SimCard>> cards, SequenceNumbers numbers) {
        this.cards = cards;
        this.numbers = numbers;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    private interface Work<T> {
        T with(SimCard card, Milenage functions) throws NoSim;
    }

    private <T> T use(SimUser user, Work<T> work) throws NoSim {
        Optional<SimCard> found =
                user.names().stream().map(cards).flatMap(Optional::stream).findFirst();
        try (SimCard card = found.or(() -> ofSecret(user)).orElseThrow(() -> NoSim.unknown(user));
                Milenage functions = card.functions()) {
            return work.with(card, functions);
        } catch (IllegalStateException e) {
            throw NoSim.failed(e.getMessage());
        }
    }

    private static Optional<SimCard> ofSecret(SimUser user) {
        return user.secrets().stream().map(SimCard::of).flatMap(Optional::stream).findFirst();
    }

    @Override
    public Optional<Bytes> standing(SimUser user) {
        try {
            return Optional.of(use(user, (card, _) -> card.mark()));
        } catch (NoSim e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count) throws NoSim {
        return use(
                user,
                (_, functions) -> {
                    var triplets = new ArrayList<Triplet>();
                    for (int i = 0; i < count; i++) {
                        triplets.add(Triplet.of(functions, rands.get()));
                    }
                    return triplets;
                });
    }

    @Override
    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
        return use(
                user,
                (card, functions) -> {
                    long sqn = numbers.next(card.mark(), card.sqn());
                    int amf =
                            user.method() == EapSimMethod.AKA_PRIME
                                    ? card.amf() | SEPARATION
                                    : card.amf() & ~SEPARATION;
                    return Aka.challenge(functions, rand, sqn, amf);
                });
    }

    @Override
    public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
        OptionalLong sqn =
                use(
                        user,
                        (card, functions) -> {
                            OptionalLong told = Aka.resynchronised(functions, rand.toArray(), auts);
                            told.ifPresent(n -> numbers.resynchronise(card.mark(), n));
                            return told;
                        });
        if (sqn.isEmpty()) {
            throw NoSim.failed("AUTS of '%s' is wrong".formatted(user));
        }
    }

    @Override
    public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
        return use(
                user,
                (_, functions) ->
                        rands.stream().map(r -> Triplet.of(functions, r.toArray())).toList());
    }

    @Override
    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
        return use(
                user,
                (card, functions) -> {
                    Optional<Aka.Opened> opened = Aka.open(functions, rand.toArray(), autn);
                    if (opened.isEmpty()) {
                        return new UsimAnswer.Reject();
                    }
                    Bytes mark = card.mark();
                    Milenage.Answer answer = opened.get().answer();
                    UsimAnswer said =
                            numbers.take(mark, opened.get().sqn())
                                    ? new UsimAnswer.Proof(
                                            Bytes.of(answer.res().array()),
                                            Bytes.of(answer.ck().array()),
                                            Bytes.of(answer.ik().array()))
                                    : new UsimAnswer.Resynchronise(
                                            Aka.auts(
                                                    functions,
                                                    rand.toArray(),
                                                    numbers.highest(mark)));
                    answer.close();
                    return said;
                });
    }
}
