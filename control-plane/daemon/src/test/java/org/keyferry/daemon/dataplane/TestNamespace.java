package org.keyferry.daemon.dataplane;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.keyferry.nativeshim.NetworkNamespace;

/// A network namespace, held by a process that ends with it. Needs root.
final class TestNamespace implements AutoCloseable {
    private final Process holder;

    private TestNamespace(Process holder) {
        this.holder = holder;
    }

    /// With the loopback interface up.
    static TestNamespace create() throws IOException {
        Process holder =
                new ProcessBuilder(
                                "unshare", "--net", "sh", "-c", "ip link set lo up; echo; read _")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (holder.getInputStream().read() < 0) {
            throw new IOException("no network namespace");
        }
        return new TestNamespace(holder);
    }

    long pid() {
        return holder.pid();
    }

    /// Runs inside; what is opened stays inside.
    <T> T run(NetworkNamespace.Task<T> task) throws IOException {
        return NetworkNamespace.run("/proc/" + holder.pid() + "/ns/net", task);
    }

    /// Runs a program inside and returns what it prints.
    ///
    /// @throws IOException with that text unless it ends well
    String shell(String command) throws IOException, InterruptedException {
        List<String> words =
                List.of("nsenter", "--net=/proc/" + holder.pid() + "/ns/net", "sh", "-ec", command);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
    }
}
