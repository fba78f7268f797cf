package org.keyferry.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.crypto.Secret;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Session;
import org.keyferry.engine.TicketKeys;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

@Timeout(30)
class TicketKeyFileTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir Path directory;

    private TicketKeys started(Log log) {
        var keys = new TicketKeys();
        TicketKeyFile.serve(keys, directory.resolve("state"), log);
        return keys;
    }

    private static Bytes ticket(TicketKeys keys) {
        var session =
                new Session(
                        Instant.MAX,
                        "office",
                        Bytes.EMPTY,
                        Identification.parse("a.test"),
                        Identification.parse("b.test"),
                        Optional.empty(),
                        false,
                        new Proposal(
                                1,
                                ProtocolId.IKE,
                                Bytes.EMPTY,
                                List.of(Transform.of(TransformType.PRF, 5))),
                        Secret.owned(new byte[32]));
        return keys.seal(session, NOW.plusSeconds(60), NOW, new SplittableRandom(1)).opaque();
    }

    private void await(Path file) throws IOException {
        while (!Files.exists(file)) {
            Thread.onSpinWait();
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void ticketsAreReadAfterARestart() throws IOException {
        try (var log = new Log()) {
            Bytes ticket = ticket(started(log));
            Path file = directory.resolve("state/ticket-keys");
            await(file);
            assertEquals(
                    "office", started(log).open(ticket, NOW).orElseThrow().session().connection());
            Files.delete(file);
            assertTrue(started(log).open(ticket, NOW).isEmpty());
        }
    }

    @Test
    void aBrokenFileIsReplaced() throws IOException {
        try (var log = new Log()) {
            Path file = directory.resolve("state/ticket-keys");
            Files.createDirectories(file.getParent());
            Files.write(file, new byte[45]);
            Bytes ticket = ticket(started(log));
            while (Files.size(file) == 45) {
                Thread.onSpinWait();
            }
            assertFalse(started(log).open(ticket, NOW).isEmpty());
        }
    }

    @Test
    void aDirectoryThatCannotBeIsNoReasonNotToGiveTickets() throws IOException {
        try (var log = new Log()) {
            Files.createFile(directory.resolve("state"));
            TicketKeys keys = started(log);
            assertTrue(keys.open(ticket(keys), NOW).isPresent());
        }
    }
}
