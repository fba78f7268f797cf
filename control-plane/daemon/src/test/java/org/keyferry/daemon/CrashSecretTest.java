package org.keyferry.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.daemon.log.Log;
import org.keyferry.wire.IkeSpi;

class CrashSecretTest {
    private static final IkeSpi SPI = new IkeSpi(42);

    @TempDir Path directory;

    @Test
    void isTheSameAfterARestart() throws IOException {
        try (var log = new Log()) {
            Path state = directory.resolve("state");
            var first = CrashSecret.load(state, log).of(SPI);
            assertTrue(first.isPresent());
            assertEquals(first, CrashSecret.load(state, log).of(SPI));
            Path file = state.resolve("crash-secret");
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            Files.delete(file);
            assertNotEquals(first, CrashSecret.load(state, log).of(SPI));
        }
    }

    @Test
    void aDirectoryThatCannotBeIsNoReasonNotToStart() throws IOException {
        try (var log = new Log()) {
            Path file = Files.createFile(directory.resolve("file"));
            assertTrue(CrashSecret.load(file.resolve("below"), log).enabled());
        }
    }
}
