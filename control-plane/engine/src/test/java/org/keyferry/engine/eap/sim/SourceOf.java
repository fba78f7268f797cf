package org.keyferry.engine.eap.sim;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.wire.Bytes;

/// A source that does as another one, but for what a test changes.
public class SourceOf implements SimSource {
    private final SimSource inner;

    public SourceOf(SimSource inner) {
        this.inner = inner;
    }

    protected SimUser known(SimUser user) {
        return user;
    }

    @Override
    public boolean isEmpty() {
        return inner.isEmpty();
    }

    @Override
    public Optional<Bytes> standing(SimUser user) {
        return inner.standing(known(user));
    }

    @Override
    public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count) throws NoSim {
        return inner.triplets(known(user), rands, count);
    }

    @Override
    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
        return inner.quintuplet(known(user), rand);
    }

    @Override
    public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
        inner.resynchronise(known(user), rand, auts);
    }

    @Override
    public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
        return inner.answers(known(user), rands);
    }

    @Override
    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
        return inner.answer(known(user), rand, autn);
    }
}
