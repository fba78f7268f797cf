package org.keyferry.daemon.sim;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimCard;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.SoftwareSims;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.settings.SimConf;
import org.keyferry.wire.Bytes;

/// All that is known of SIM cards: the file of subscribers, that of triplets, the script, and last
/// the secrets of the identity in swanctl.conf. Whoever knows a subscriber first is asked alone.
public final class Sims implements SimSource, AutoCloseable {
    private final Log log;
    private final SoftwareSims software;
    private volatile Sources sources =
            new Sources(Subscribers.none(), TripletFile.none(), Optional.empty());

    private record Sources(
            Subscribers subscribers, TripletFile triplets, Optional<SimScript> script) {}

    /// @param stateDir for the sequence numbers
    public Sims(Path stateDir, Log log) {
        this.log = log;
        SequenceNumbers numbers = SequenceFile.load(stateDir, log);
        this.software = new SoftwareSims(this::card, numbers);
    }

    private Optional<SimCard> card(String name) {
        return sources.subscribers().find(name);
    }

    /// Reads the files again. Keys that are not there any more are wiped.
    public synchronized void load(SimConf conf) {
        var subscribers =
                conf.subscribers()
                        .map(file -> Subscribers.read(file, this::tell))
                        .orElseGet(Subscribers::none);
        var triplets =
                Files.exists(conf.triplets())
                        ? TripletFile.read(conf.triplets(), this::tell)
                        : TripletFile.none();
        var script =
                conf.script()
                        .map(
                                command ->
                                        new SimScript(
                                                command, conf.scriptTimeout(), conf.scriptLimit()));
        Sources former = sources;
        sources = new Sources(subscribers, triplets, script);
        former.subscribers().close();
        if (subscribers.count() > 0) {
            log.log(Group.CFG, 1, "loaded %d SIM subscribers", subscribers.count());
        }
    }

    private void tell(String problem) {
        log.log(Group.CFG, 0, "%s", problem);
    }

    @Override
    public boolean isEmpty() {
        Sources now = sources;
        return now.subscribers().count() == 0 && now.triplets().isEmpty() && now.script().isEmpty();
    }

    @Override
    public boolean mayWait() {
        return sources.script().isPresent();
    }

    @Override
    public Optional<Bytes> standing(SimUser user) {
        Sources now = sources;
        var plain = new SimUser(user.method(), user.name(), List.of());
        // who is not in the files may be known by a secret that the script leaves it to
        UnaryOperator<Bytes> withSecret =
                mark -> software.standing(user).map(mark::concat).orElse(mark);
        return software.standing(plain)
                .or(() -> now.triplets().standing(plain))
                .or(() -> now.script().flatMap(script -> script.standing(plain)).map(withSecret))
                .or(() -> software.standing(user));
    }

    private interface Question<T> {
        T of(SimSource source, SimUser user) throws NoSim;
    }

    private <T> T ask(SimUser user, Question<T> question) throws NoSim {
        Sources now = sources;
        var plain = new SimUser(user.method(), user.name(), List.of());
        Optional<T> answer = tried(software, plain, question);
        if (answer.isEmpty()) {
            answer = tried(now.triplets(), plain, question);
        }
        if (answer.isEmpty() && now.script().isPresent()) {
            answer = tried(now.script().get(), plain, question);
        }
        return answer.isPresent() ? answer.get() : question.of(software, user);
    }

    private static <T> Optional<T> tried(SimSource source, SimUser user, Question<T> question)
            throws NoSim {
        try {
            return Optional.of(question.of(source, user));
        } catch (NoSim e) {
            if (e.isUnknown()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count) throws NoSim {
        return ask(user, (source, who) -> source.triplets(who, rands, count));
    }

    @Override
    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
        return ask(user, (source, who) -> source.quintuplet(who, rand));
    }

    @Override
    public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
        ask(
                user,
                (source, who) -> {
                    source.resynchronise(who, rand, auts);
                    return true;
                });
    }

    @Override
    public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
        return ask(user, (source, who) -> source.answers(who, rands));
    }

    @Override
    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
        return ask(user, (source, who) -> source.answer(who, rand, autn));
    }

    /// Wipes all keys.
    @Override
    public void close() {
        sources.subscribers().close();
    }
}
