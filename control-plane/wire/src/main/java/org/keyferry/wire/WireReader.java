package org.keyferry.wire;

/// Bounded big-endian reader over a datagram. Each read names its field, which a [PeerViolation]
/// then gives together with the offset in the datagram. Allocates nothing but what it returns.
final class WireReader {
    private final Bytes all;
    private final int end;
    private int at;

    WireReader(Bytes all) {
        this(all, 0, all.length());
    }

    private WireReader(Bytes all, int at, int end) {
        this.all = all;
        this.at = at;
        this.end = end;
    }

    int offset() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    int u8(String field) throws PeerViolation {
        return all.u8(take(1, field));
    }

    int u16(String field) throws PeerViolation {
        return all.u16(take(2, field));
    }

    int i32(String field) throws PeerViolation {
        return all.i32(take(4, field));
    }

    long i64(String field) throws PeerViolation {
        return all.i64(take(8, field));
    }

    Bytes bytes(int count, String field) throws PeerViolation {
        int start = take(count, field);
        return all.slice(start, at);
    }

    /// All that is left.
    Bytes rest() {
        int start = at;
        at = end;
        return all.slice(start, end);
    }

    /// Passes over fields that are ignored on receipt.
    void skip(int count, String field) throws PeerViolation {
        take(count, field);
    }

    /// A reader of the next `count` bytes, which this one passes over.
    WireReader sub(int count, String field) throws PeerViolation {
        int start = take(count, field);
        return new WireReader(all, start, at);
    }

    void expectEnd(String field) throws PeerViolation {
        if (at != end) {
            throw PeerViolation.malformed("bytes after " + field, at);
        }
    }

    private int take(int count, String field) throws PeerViolation {
        if (count > end - at) {
            throw PeerViolation.malformed(field, at);
        }
        int start = at;
        at += count;
        return start;
    }
}
