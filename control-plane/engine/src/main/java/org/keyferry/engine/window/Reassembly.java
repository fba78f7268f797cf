package org.keyferry.engine.window;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.Payload.EncryptedFragment;

/// One message of the peer that comes in fragments (RFC 7383 §2.6). Bounded: what would make the
/// message too long is refused, and parts that wait too long for the rest make room.
final class Reassembly {
    /// As many as any message needs that fits into [Fragments#SMALLEST_BYTES] each.
    static final int MOST_FRAGMENTS = 255;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int mostBytes;
    private int messageId;
    private int exchangeType;
    private int firstInner;
    private Bytes[] parts;
    private int missing;
    private int bytes;
    private Instant begun;

    Reassembly(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// Whether to decrypt this one at all: nothing is known of it yet but what it says of itself.
    boolean wants(IkeHeader header, EncryptedFragment fragment, Instant now) {
        if (fragment.total() > MOST_FRAGMENTS) {
            return false;
        }
        if (!continues(header, now)) {
            return true;
        }
        // a sender that makes its fragments smaller begins anew, with more of them
        return fragment.total() > parts.length
                || (fragment.total() == parts.length
                        && header.exchangeType() == exchangeType
                        && parts[fragment.number() - 1] == null);
    }

    private boolean continues(IkeHeader header, Instant now) {
        return parts != null
                && header.messageId() == messageId
                && now.isBefore(begun.plus(PATIENCE));
    }

    /// Takes a part that is wanted and genuine.
    ///
    /// @return the whole message, if this was what was missing
    Optional<Fragments.Whole> add(
            IkeHeader header, EncryptedFragment fragment, Bytes plaintext, Instant now) {
        if (!continues(header, now) || fragment.total() != parts.length) {
            begin(header, fragment.total(), now);
        }
        bytes += plaintext.length();
        if (bytes > mostBytes) {
            clear();
            return Optional.empty();
        }
        if (fragment.number() == 1) {
            firstInner = fragment.firstInner();
        }
        parts[fragment.number() - 1] = plaintext;
        missing--;
        if (missing > 0) {
            return Optional.empty();
        }
        var whole = new Fragments.Whole(firstInner, joined());
        clear();
        return Optional.of(whole);
    }

    private void begin(IkeHeader header, int total, Instant now) {
        messageId = header.messageId();
        exchangeType = header.exchangeType();
        parts = new Bytes[total];
        missing = total;
        bytes = 0;
        begun = now;
    }

    private Bytes joined() {
        byte[] chain = new byte[bytes];
        int at = 0;
        for (Bytes part : parts) {
            part.copyTo(chain, at);
            at += part.length();
        }
        return Bytes.wrapOwned(chain);
    }

    void clear() {
        parts = null;
        bytes = 0;
    }

    void expire(Instant now) {
        if (parts != null && !now.isBefore(begun.plus(PATIENCE))) {
            clear();
        }
    }

    /// When to call [#expire]; [Instant#MAX] if nothing waits.
    Instant expiry() {
        return parts == null ? Instant.MAX : begun.plus(PATIENCE);
    }

    int heldBytes() {
        return bytes;
    }
}
