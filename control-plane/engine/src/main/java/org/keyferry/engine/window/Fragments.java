package org.keyferry.engine.window;

import java.time.Instant;
import java.util.Optional;
import org.keyferry.settings.model.FragmentSizes;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.PeerViolation;

/// The fragments of an IKE_SA whose ends both announced IKE fragmentation (RFC 7383): at most one
/// message in each direction is being put together.
public final class Fragments {
    /// Less is never sent, whatever is configured: with this, 255 fragments carry the longest
    /// message.
    static final int SMALLEST_BYTES = 400;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int UDP_BYTES = 8;
    private static final int MARKER_BYTES = 4;

    /// @param firstInner type of the first payload in `chain`
    public record Whole(int firstInner, Bytes chain) {}

    /// Checks and decrypts one fragment.
    public interface Opener {
        Bytes open() throws PeerViolation;
    }

    private final Reassembly requests;
    private final Reassembly responses;

    public Fragments(FragmentSizes sizes) {
        requests = new Reassembly(sizes.maxMessage());
        responses = new Reassembly(sizes.maxMessage());
    }

    /// Largest IKE message for a packet of the configured size.
    public static int largestDatagram(FragmentSizes sizes, IpAddress local, boolean marked) {
        int packet = local.v6() ? sizes.v6() - IPV6_BYTES : sizes.v4() - IPV4_BYTES;
        return Math.max(SMALLEST_BYTES, packet - UDP_BYTES - (marked ? MARKER_BYTES : 0));
    }

    /// Takes one fragment, which is only decrypted if it brings anything new.
    ///
    /// @return the whole message, if this was what was missing
    /// @throws PeerViolation of `opener`
    public Optional<Whole> take(
            IkeHeader header, EncryptedFragment fragment, Instant now, Opener opener)
            throws PeerViolation {
        Reassembly message = header.response() ? responses : requests;
        if (!message.wants(header, fragment, now)) {
            return Optional.empty();
        }
        return message.add(header, fragment, opener.open(), now);
    }

    public void expire(Instant now) {
        requests.expire(now);
        responses.expire(now);
    }

    /// When to call [#expire]; [Instant#MAX] if nothing waits.
    public Instant expiry() {
        Instant first = requests.expiry();
        Instant other = responses.expiry();
        return first.isBefore(other) ? first : other;
    }

    /// Of parts that wait for others.
    public int heldBytes() {
        return requests.heldBytes() + responses.heldBytes();
    }
}
