package org.keyferry.netlink.socket;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.keyferry.nativeshim.NetworkNamespace;

/// A network namespace of its own for a live test, held by a process that ends with it.
final class TestNamespace implements AutoCloseable {
    private final Process holder;

    private TestNamespace(Process holder) {
        this.holder = holder;
    }

    static TestNamespace create() throws IOException {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        assumeTrue(root, "needs root to make a network namespace");
        Process holder =
                new ProcessBuilder(
                                "unshare", "--net", "sh", "-c", "ip link set lo up; echo; read _")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        holder.getInputStream().read();
        return new TestNamespace(holder);
    }

    /// Runs inside; what is opened stays inside.
    <T> T run(NetworkNamespace.Task<T> task) throws IOException {
        return NetworkNamespace.run("/proc/" + holder.pid() + "/ns/net", task);
    }

    /// Runs a program inside and returns what it prints.
    String shell(String command) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("nsenter", "--net=/proc/" + holder.pid() + "/ns/net"));
        words.addAll(List.of("sh", "-c", command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(command + ": " + output);
        return output;
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
    }
}
