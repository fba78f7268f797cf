package org.keyferry.daemon.nft;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Changes the kernel's packet filter.
@FunctionalInterface
public interface Nft {
    /// All of it or nothing.
    ///
    /// @param rules in the language of nft(8)
    /// @throws IOException with the reason, if nothing was changed
    void apply(String rules) throws IOException;

    /// By the program of that name.
    static void byProgram(String rules) throws IOException {
        run(new ProcessBuilder("nft", "-f", "-"), rules);
    }

    private static void run(ProcessBuilder program, String rules) throws IOException {
        int patienceSeconds = 10;
        Process nft = program.redirectErrorStream(true).start();
        try {
            nft.outputWriter(UTF_8).append(rules).close(); // less than a pipe takes, too
            // what it prints is a few lines
            if (!nft.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
                throw new IOException("nft did not end within " + patienceSeconds + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            nft.destroyForcibly();
        }
        if (nft.exitValue() != 0) {
            String said = new String(nft.getInputStream().readAllBytes(), UTF_8);
            throw new IOException("nft: " + said.lines().findFirst().orElse("failed"));
        }
    }
}
