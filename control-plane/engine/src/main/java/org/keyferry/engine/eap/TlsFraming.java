package org.keyferry.engine.eap;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.WireWriter;

/// Splits TLS data into EAP packets and puts the peer's together (RFC 5216 §3.1): flags, the length
/// of the whole, data. Each part but the last is answered by an empty packet.
final class TlsFraming {
    private static final int LENGTH = 0x80;
    private static final int MORE = 0x40;
    private static final int START = 0x20;
    private static final int VERSION_MASK = 0x07;
    private static final int LENGTH_BYTES = 4;

    /// Of a message that is put together: certificates of 16 CAs with the largest keys fit.
    static final int MAX_BYTES = 65_536;

    private final int fragmentSize;
    private final boolean includeLength;
    private final int version;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private Optional<Integer> announced = Optional.empty();
    private Bytes pending = Bytes.EMPTY;
    private int sent;

    /// @param version of the method, in the low bits of the flags; EAP-TLS has none
    TlsFraming(int fragmentSize, boolean includeLength, int version) {
        this.fragmentSize = fragmentSize;
        this.includeLength = includeLength;
        this.version = version;
    }

    Bytes start() {
        return Bytes.ofU8(START | version);
    }

    static boolean isStart(Bytes data) {
        return data.length() == 1 && (data.u8(0) & START) != 0;
    }

    sealed interface Got {
        /// A message is whole; empty for an acknowledgement of what was sent.
        record Whole(Bytes data) implements Got {}

        /// The peer has the part; here is the next.
        record Next(Bytes packet) implements Got {}

        record Wrong(String why) implements Got {}
    }

    /// @param data behind the EAP type
    Got receive(Bytes data) {
        if (data.isEmpty()) {
            return new Got.Wrong("EAP packet without flags");
        }
        int flags = data.u8(0);
        int from = (flags & LENGTH) != 0 ? 1 + LENGTH_BYTES : 1;
        if (data.length() < from) {
            return new Got.Wrong("EAP packet ends within its length");
        }
        boolean acknowledges = data.length() == from && (flags & MORE) == 0;
        if (sent < pending.length()) {
            return acknowledges
                    ? new Got.Next(next())
                    : new Got.Wrong("data instead of an acknowledgement");
        }
        if ((flags & LENGTH) != 0) {
            int whole = data.i32(1);
            if (whole < 0 || whole > MAX_BYTES) {
                return new Got.Wrong(
                        "TLS data of %s bytes, at most %d are taken"
                                .formatted(Integer.toUnsignedString(whole), MAX_BYTES));
            }
            if (announced.filter(a -> a != whole).isPresent()) {
                return new Got.Wrong("parts tell different lengths");
            }
            announced = Optional.of(whole);
        }
        received.writeBytes(data.slice(from, data.length()).toArray());
        if (received.size() > announced.orElse(MAX_BYTES)) {
            return new Got.Wrong("more TLS data than announced or taken");
        }
        if ((flags & MORE) != 0) {
            return data.length() == from
                    ? new Got.Wrong("a part without data")
                    : new Got.Next(Bytes.ofU8(version));
        }
        if (announced.filter(a -> a != received.size()).isPresent()) {
            return new Got.Wrong("less TLS data than announced");
        }
        byte[] message = received.toByteArray();
        received.reset();
        announced = Optional.empty();
        return new Got.Whole(Bytes.wrapOwned(message));
    }

    /// Takes a message to be sent.
    ///
    /// @return the first part of it; an acknowledgement if it is empty
    Bytes send(byte[] message) {
        pending = Bytes.of(message);
        sent = 0;
        return next();
    }

    /// Of what was taken nothing is left to be sent.
    boolean isSent() {
        return sent >= pending.length();
    }

    private Bytes next() {
        boolean first = sent == 0;
        int end = Math.min(pending.length(), sent + fragmentSize);
        boolean more = end < pending.length();
        boolean length = !pending.isEmpty() && (includeLength || (first && more));
        var out = new WireWriter().u8((length ? LENGTH : 0) | (more ? MORE : 0) | version);
        if (length) {
            out.i32(pending.length());
        }
        out.bytes(pending.slice(sent, end));
        sent = end;
        return out.toBytes();
    }

    /// The method's version that a packet tells.
    static int version(Bytes data) {
        return data.isEmpty() ? 0 : data.u8(0) & VERSION_MASK;
    }
}
