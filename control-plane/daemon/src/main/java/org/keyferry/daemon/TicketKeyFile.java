package org.keyferry.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.keyferry.crypto.TicketSeal;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.TicketKeys;
import org.keyferry.wire.Bytes;

/// The keys of session tickets, in a file, so that clients come back by them after the gateway's
/// restart. A key goes, twelve hours after it was made, with the next ticket that is given.
final class TicketKeyFile {
    private static final String NAME = "ticket-keys";

    /// Number, time it was made, key.
    private static final int RECORD_BYTES = Integer.BYTES + Long.BYTES + TicketSeal.KEY_BYTES;

    private static final int MOST_KEYS = 16;

    private final Path file;
    private final Log log;
    private List<TicketKeys.Key> newest = List.of();

    private TicketKeyFile(Path file, Log log) {
        this.file = file;
        this.log = log;
    }

    /// Gives the keys that are kept, and keeps those to come. Where that cannot be, tickets only
    /// last as long as the process, which the log tells.
    static void serve(TicketKeys keys, Path directory, Log log) {
        var kept = new TicketKeyFile(directory.resolve(NAME), log);
        keys.kept(kept.read(), kept::later);
    }

    private List<TicketKeys.Key> read() {
        try {
            return Files.exists(file) ? decoded(Files.readAllBytes(file)) : List.of();
        } catch (IOException e) {
            tell("read", e);
            return List.of();
        }
    }

    private static List<TicketKeys.Key> decoded(byte[] content) {
        if (content.length % RECORD_BYTES != 0 || content.length > MOST_KEYS * RECORD_BYTES) {
            return List.of(); // not ours: clients set up in full
        }
        var in = ByteBuffer.wrap(content);
        var keys = new ArrayList<TicketKeys.Key>();
        while (in.hasRemaining()) {
            int id = in.getInt();
            Instant made = Instant.ofEpochSecond(Math.clamp(in.getLong(), 0, 1L << 40));
            byte[] key = new byte[TicketSeal.KEY_BYTES];
            in.get(key);
            keys.add(new TicketKeys.Key(id, made, Bytes.wrapOwned(key)));
        }
        return keys;
    }

    /// Shards do not wait for a disk.
    private void later(List<TicketKeys.Key> keys) {
        synchronized (this) {
            newest = keys;
        }
        Thread.startVirtualThread(this::write);
    }

    private synchronized void write() {
        var out = ByteBuffer.allocate(newest.size() * RECORD_BYTES);
        for (TicketKeys.Key key : newest) {
            out.putInt(key.id()).putLong(key.made().getEpochSecond());
            key.key().copyTo(out);
        }
        try {
            StateFile.write(file, out.array());
        } catch (IOException e) {
            tell("kept", e);
        }
        Arrays.fill(out.array(), (byte) 0);
    }

    private void tell(String what, IOException e) {
        log.log(
                Group.DMN,
                1,
                "keys of session tickets cannot be %s in %s, clients will not resume after a"
                        + " restart: %s",
                what,
                file,
                e.getMessage() == null ? e : e.getMessage());
    }
}
