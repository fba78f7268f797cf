package org.keyferry.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.TicketSeal;
import org.keyferry.wire.Bytes;

/// The keys under which a gateway seals its session tickets (RFC 5723 §6), and the tickets that
/// were used. A key seals for four hours and opens as long as what it sealed is valid; then nobody
/// can read these tickets any more. Safe for any thread.
public final class TicketKeys {
    /// Of a ticket.
    public static final Duration LIFETIME = Duration.ofHours(8);

    static final Duration SEALS_FOR = Duration.ofHours(4);
    private static final int VERSION = 1;
    private static final int HEAD_BYTES = 1 + Integer.BYTES + Long.BYTES + TicketSeal.NONCE_BYTES;
    private static final int MOST_USED = 100_000;

    /// @param key secret
    public record Key(int id, Instant made, Bytes key) {
        @Override
        public String toString() {
            return "Key(" + id + ", hidden)";
        }
    }

    /// A ticket that was opened.
    ///
    /// @param id of the ticket, for [#use]
    public record Opened(Bytes id, Instant expires, Session session) {}

    /// A ticket for a client.
    ///
    /// @param id for [#use]
    public record Sealed(Bytes id, Instant expires, Bytes opaque) {}

    private final List<Key> keys = new ArrayList<>();
    private final Map<Bytes, Instant> used = new LinkedHashMap<>();
    private Consumer<List<Key>> keeper = _ -> {};

    /// Keys of a former life of the gateway, and who keeps new ones. The keeper must not block.
    public synchronized void kept(List<Key> former, Consumer<List<Key>> newKeeper) {
        keys.addAll(former);
        keeper = newKeeper;
    }

    /// @param random only where a new key is due, and for the nonce
    public synchronized Sealed seal(
            Session session, Instant expires, Instant now, RandomGenerator random) {
        Key key = sealing(now, random);
        byte[] nonce = new byte[TicketSeal.NONCE_BYTES];
        random.nextBytes(nonce);
        Bytes head =
                Bytes.wrapOwned(
                        ByteBuffer.allocate(HEAD_BYTES)
                                .put((byte) VERSION)
                                .putInt(key.id())
                                .putLong(expires.getEpochSecond())
                                .put(nonce)
                                .array());
        byte[] content = session.encode();
        Bytes sealed = TicketSeal.seal(key.key().toArray(), Bytes.wrapOwned(nonce), head, content);
        Arrays.fill(content, (byte) 0);
        return new Sealed(head, expires, head.concat(sealed));
    }

    private Key sealing(Instant now, RandomGenerator random) {
        boolean gone =
                keys.removeIf(key -> !now.isBefore(key.made().plus(SEALS_FOR).plus(LIFETIME)));
        Optional<Key> newest = keys.isEmpty() ? Optional.empty() : Optional.of(keys.getLast());
        if (newest.filter(key -> now.isBefore(key.made().plus(SEALS_FOR))).isPresent()) {
            if (gone) {
                keeper.accept(List.copyOf(keys));
            }
            return newest.get();
        }
        byte[] fresh = new byte[TicketSeal.KEY_BYTES];
        random.nextBytes(fresh);
        var key = new Key(newest.map(Key::id).orElse(0) + 1, now, Bytes.wrapOwned(fresh));
        keys.add(key);
        keeper.accept(List.copyOf(keys));
        return key;
    }

    /// Empty if it is no ticket of ours, too old, or used.
    public synchronized Optional<Opened> open(Bytes opaque, Instant now) {
        if (opaque.length() <= HEAD_BYTES || opaque.u8(0) != VERSION) {
            return Optional.empty();
        }
        Bytes head = opaque.slice(0, HEAD_BYTES).compact();
        Instant expires = Instant.ofEpochSecond(Math.clamp(head.i64(5), 0, 1L << 40));
        if (!now.isBefore(expires) || used.containsKey(head)) {
            return Optional.empty();
        }
        Bytes nonce = head.slice(HEAD_BYTES - TicketSeal.NONCE_BYTES, HEAD_BYTES);
        Bytes sealed = opaque.slice(HEAD_BYTES, opaque.length());
        return keys.stream()
                .filter(key -> key.id() == head.i32(1))
                .flatMap(key -> TicketSeal.open(key.key().toArray(), nonce, head, sealed).stream())
                .map(content -> new Opened(head, expires, decoded(content)))
                .findFirst();
    }

    private static Session decoded(byte[] content) {
        Session session = Session.decode(content);
        Arrays.fill(content, (byte) 0);
        return session;
    }

    /// A client has proved that a ticket is its own: nobody uses it again.
    ///
    /// @return false if somebody has
    public synchronized boolean use(Bytes id, Instant expires, Instant now) {
        // the oldest first; they expire in about that order
        for (var each = used.values().iterator(); each.hasNext() && !now.isBefore(each.next()); ) {
            each.remove();
        }
        if (used.size() >= MOST_USED) {
            used.remove(used.keySet().iterator().next());
        }
        return used.putIfAbsent(id, expires) == null;
    }

    @Override
    public String toString() {
        return "TicketKeys(hidden)";
    }
}
