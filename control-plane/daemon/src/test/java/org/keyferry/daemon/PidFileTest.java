package org.keyferry.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir private Path directory;

    @Test
    void itHoldsOurIdWhileWeRun() throws Exception {
        Path path = directory.resolve("charon.pid");
        try (var _ = PidFile.create(path)) {
            assertEquals(
                    ProcessHandle.current().pid(), Long.parseLong(Files.readString(path).strip()));
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void whatADeadOrForeignProcessLeftIsReplaced() throws Exception {
        Path path = directory.resolve("charon.pid");
        for (String left : new String[] {"1\n", "4194304\n", "rubbish"}) {
            Files.writeString(path, left);
            try (var _ = PidFile.create(path)) {
                assertTrue(Files.readString(path).startsWith("" + ProcessHandle.current().pid()));
            }
        }
    }

    @Test
    void aSuccessorsFileIsLeftAlone() throws Exception {
        Path path = directory.resolve("charon.pid");
        try (var _ = PidFile.create(path)) {
            Files.writeString(path, "1\n");
        }
        assertEquals("1\n", Files.readString(path));
    }
}
