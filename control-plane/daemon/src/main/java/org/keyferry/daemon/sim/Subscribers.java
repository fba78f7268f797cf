package org.keyferry.daemon.sim;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.sim.Milenage;
import org.keyferry.engine.eap.sim.SimCard;

/// Subscribers with Milenage's keys, from a file of lines such as `001010000000001 k=… opc=…
/// amf=8000 sqn=…`. Wiped when closed.
final class Subscribers implements AutoCloseable {
    private static final int AMF_BYTES = 2;
    private static final int SQN_BYTES = 6;

    private final Map<String, SimCard> cards = new HashMap<>();

    static Subscribers none() {
        return new Subscribers();
    }

    static Subscribers read(Path file, Consumer<String> problems) {
        var subscribers = new Subscribers();
        CredentialLines.read(file, subscribers::add, problems);
        return subscribers;
    }

    private void add(String line) {
        String[] words = line.split("\\s+", -1);
        String name = words[0];
        if (name.contains("=")) {
            throw new IllegalArgumentException("no name before the first key=value");
        }
        var values = new HashMap<String, String>();
        for (int i = 1; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            if (pair.length < 2 || values.put(pair[0], pair[1]) != null) {
                throw new IllegalArgumentException(
                        "word %d of '%s' is no key=value, or its key is there twice"
                                .formatted(i + 1, name));
            }
        }
        if (cards.containsKey(name)) {
            throw new IllegalArgumentException("'%s' is there twice".formatted(name));
        }
        cards.put(name, card(name, values));
    }

    private static SimCard card(String name, Map<String, String> values) {
        byte[] k = hex(name, values, "k", Milenage.KEY_BYTES).orElseThrow(() -> lacking(name, "k"));
        Optional<byte[]> op = hex(name, values, "op", Milenage.KEY_BYTES);
        Optional<byte[]> opc = hex(name, values, "opc", Milenage.KEY_BYTES);
        if (op.isPresent() == opc.isPresent()) {
            throw lacking(name, "either opc or op");
        }
        int amf =
                hex(name, values, "amf", AMF_BYTES)
                        .map(b -> ((b[0] & 0xff) << 8) | (b[1] & 0xff))
                        .orElse(SimCard.DEFAULT_AMF);
        String sqn = values.getOrDefault("sqn", "0".repeat(2 * SQN_BYTES));
        hex(name, values, "sqn", SQN_BYTES);
        for (String key : values.keySet()) {
            if (!java.util.Set.of("k", "op", "opc", "amf", "sqn").contains(key)) {
                throw new IllegalArgumentException(
                        "'%s' has an unknown key '%s'".formatted(name, key));
            }
        }
        byte[] own = opc.orElseGet(() -> Milenage.opc(k, op.orElseThrow()));
        return new SimCard(Secret.owned(k), Secret.owned(own), amf, Long.parseLong(sqn, 16));
    }

    private static IllegalArgumentException lacking(String name, String what) {
        return new IllegalArgumentException("'%s' needs %s".formatted(name, what));
    }

    private static Optional<byte[]> hex(
            String name, Map<String, String> values, String key, int bytes) {
        return Optional.ofNullable(values.get(key))
                .map(v -> CredentialLines.hex("%s of '%s'".formatted(key, name), v, bytes));
    }

    int count() {
        return cards.size();
    }

    /// A copy, for whoever closes it.
    synchronized Optional<SimCard> find(String name) {
        return Optional.ofNullable(cards.get(name)).map(SimCard::copy);
    }

    @Override
    public synchronized void close() {
        cards.values().forEach(SimCard::close);
        cards.clear();
    }
}
