package org.keyferry.nativeshim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {
    private static final Path SELF = Path.of("/proc/thread-self/ns/net");

    @Test
    void codeRunsInTheOtherNamespaceAndTheThreadComesBack() throws Exception {
        assumeTrue(isRoot(), "needs root to make a network namespace");
        var other = new OtherNamespace();
        try {
            Path home = Files.readSymbolicLink(SELF);
            Path there = NetworkNamespace.run(other.path(), () -> Files.readSymbolicLink(SELF));
            assertNotEquals(home, there);
            assertEquals(home, Files.readSymbolicLink(SELF));
            assertThrows(
                    IOException.class,
                    () ->
                            NetworkNamespace.run(
                                    other.path(),
                                    () -> {
                                        throw new IOException("from inside");
                                    }));
            assertEquals(home, Files.readSymbolicLink(SELF));
        } finally {
            other.end();
        }
    }

    @Test
    void aMissingNamespaceIsNamed() {
        var missing =
                assertThrows(
                        LinuxError.class, () -> NetworkNamespace.run("/run/netns/nosuch", () -> 0));
        assertEquals("open(/run/netns/nosuch)", missing.call());
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    /// A process of its own holds the namespace.
    private static final class OtherNamespace {
        private final Process holder;

        OtherNamespace() throws IOException {
            holder = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; read _").start();
            holder.getInputStream().read();
        }

        String path() {
            return "/proc/" + holder.pid() + "/ns/net";
        }

        void end() throws IOException {
            holder.getOutputStream().close();
        }
    }
}
