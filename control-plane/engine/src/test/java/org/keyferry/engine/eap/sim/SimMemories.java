package org.keyferry.engine.eap.sim;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.engine.eap.sim.LearnedIdentities.Again;
import org.keyferry.engine.eap.sim.LearnedIdentities.Learned;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.EapSimSubtype;
import org.keyferry.wire.Identification;

/// What logins with cards remember, for tests elsewhere.
public final class SimMemories {
    /// Has a client know of more fast re-authentications than its server.
    public static void countTo(
            SimMemory client, EapSimMethod method, EapContext context, int counter) {
        SimTerms terms = SimTerms.of(method, context);
        Bytes permanent = Bytes.utf8(EapNames.text(context.client()));
        Duration long_ = Duration.ofDays(1);
        Learned learned = client.learned().take(terms, permanent, long_, long_, context.now());
        Again again = learned.again().orElseThrow();
        var ahead = new Again(again.identity(), again.mark(), again.keys(), counter, again.since());
        client.learned()
                .keep(terms, permanent, new Learned(learned.pseudonym(), Optional.of(ahead)));
    }

    public static EapSimSubtype subtype(int number) {
        return Arrays.stream(EapSimSubtype.values())
                .filter(s -> s.number() == number)
                .findFirst()
                .orElseThrow();
    }

    private static EapContext changed(
            EapContext context, Identification server, SimSource sims, SimMemory memory) {
        return new EapContext(
                context.connection(),
                context.client(),
                server,
                context.vault(),
                context.own(),
                context.peer(),
                context.credentials(),
                context.options(),
                context.sessions(),
                context.now(),
                context.random(),
                sims,
                memory,
                context.alternatives());
    }

    public static EapContext with(EapContext context, SimMemory memory) {
        return changed(context, context.server(), context.sims(), memory);
    }

    static EapContext with(EapContext context, SimSource sims) {
        return changed(context, context.server(), sims, context.simMemory());
    }

    /// The same connection, with another server at its end.
    public static EapContext elsewhere(EapContext context) {
        return changed(
                context,
                Identification.parse("elsewhere.test"),
                context.sims(),
                context.simMemory());
    }

    /// A source that takes everybody for one subscriber.
    public static SimSource knowing(SimSource inner, String name) {
        return new SourceOf(inner) {
            @Override
            protected SimUser known(SimUser user) {
                return new SimUser(user.method(), name, List.of());
            }
        };
    }

    /// A source that nobody may ask.
    static class Silent implements SimSource {
        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public Optional<Bytes> standing(SimUser user) {
            return Optional.empty();
        }

        @Override
        public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count) {
            throw new AssertionError("asked for triplets");
        }

        @Override
        public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
            throw new AssertionError("asked for a quintuplet");
        }

        @Override
        public void resynchronise(SimUser user, Bytes rand, Bytes auts) {
            throw new AssertionError("asked to resynchronise");
        }

        @Override
        public List<Triplet> answers(SimUser user, List<Bytes> rands) {
            throw new AssertionError("asked the card");
        }

        @Override
        public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) {
            throw new AssertionError("asked the card");
        }
    }

    private SimMemories() {}
}
