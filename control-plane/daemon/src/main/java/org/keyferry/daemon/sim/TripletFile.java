package org.keyferry.daemon.sim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.keyferry.crypto.sim.Milenage;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.wire.Bytes;

/// Triplets of a file with lines of identity, RAND, SRES and Kc with commas between them. They are
/// used in turn, over and over: good for tests and little else.
final class TripletFile implements SimSource {
    private final Map<String, List<Triplet>> byName = new HashMap<>();
    private final Map<String, Integer> next = new HashMap<>();

    static TripletFile none() {
        return new TripletFile();
    }

    static TripletFile read(Path file, Consumer<String> problems) {
        var triplets = new TripletFile();
        CredentialLines.read(file, triplets::add, problems);
        return triplets;
    }

    private void add(String line) {
        String[] parts = line.split(",", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException(
                    "%d values with commas between them, not identity, RAND, SRES and Kc"
                            .formatted(parts.length));
        }
        String name = parts[0].strip();
        var triplet =
                new Triplet(
                        hex("RAND", parts[1], Milenage.RAND_BYTES),
                        hex("SRES", parts[2], Triplet.SRES_BYTES),
                        hex("Kc", parts[3], Triplet.KC_BYTES));
        List<Triplet> own = byName.computeIfAbsent(name, _ -> new ArrayList<>());
        if (own.stream().anyMatch(t -> t.rand().equals(triplet.rand()))) {
            throw new IllegalArgumentException("RAND is there twice for '%s'".formatted(name));
        }
        own.add(triplet);
    }

    private static Bytes hex(String name, String text, int bytes) {
        return Bytes.wrapOwned(CredentialLines.hex(name, text.strip(), bytes));
    }

    @Override
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    @Override
    public Optional<Bytes> standing(SimUser user) {
        Optional<String> name = user.names().stream().filter(byName::containsKey).findFirst();
        return name.map(n -> mark(byName.get(n)));
    }

    private static Bytes mark(List<Triplet> triplets) {
        var digest = SHA256Digest.newInstance();
        for (Triplet triplet : triplets) {
            byte[] whole = triplet.rand().concat(triplet.sres()).concat(triplet.kc()).toArray();
            digest.update(whole, 0, whole.length);
        }
        byte[] out = new byte[digest.getDigestSize()];
        digest.doFinal(out, 0);
        return Bytes.wrapOwned(out);
    }

    private String known(SimUser user) throws NoSim {
        Optional<String> name = user.names().stream().filter(byName::containsKey).findFirst();
        return name.orElseThrow(() -> NoSim.unknown(user));
    }

    @Override
    public synchronized List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count)
            throws NoSim {
        String name = known(user);
        List<Triplet> own = byName.get(name);
        int start = next.getOrDefault(name, 0);
        var chosen = new ArrayList<Triplet>();
        for (int i = 0; i < Math.min(count, own.size()); i++) {
            chosen.add(own.get((start + i) % own.size()));
        }
        next.put(name, (start + chosen.size()) % own.size());
        return chosen;
    }

    @Override
    public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
        List<Triplet> own = byName.get(known(user));
        var answers = new ArrayList<Triplet>();
        for (Bytes rand : rands) {
            answers.add(
                    own.stream()
                            .filter(t -> t.rand().equals(rand))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            NoSim.failed(
                                                    "no triplet of '%s' has RAND %s"
                                                            .formatted(user, rand.hex()))));
        }
        return answers;
    }

    @Override
    public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
        throw NoSim.unknown(user);
    }

    @Override
    public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
        throw NoSim.unknown(user);
    }

    @Override
    public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
        throw NoSim.unknown(user);
    }
}
