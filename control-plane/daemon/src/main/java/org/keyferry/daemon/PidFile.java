package org.keyferry.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The file that says which process is the daemon, so that a second one does not start.
final class PidFile implements AutoCloseable {
    private final Path path;
    private final String content;

    private PidFile(Path path, String content) {
        this.path = path;
        this.content = content;
    }

    /// @throws IOException if another daemon runs, or the file cannot be written
    static PidFile create(Path path) throws IOException {
        Optional<Long> running = running(path);
        if (running.isPresent()) {
            throw new IOException(
                    "another daemon runs with process id " + running.get() + ", see " + path);
        }
        String content = ProcessHandle.current().pid() + "\n";
        Files.writeString(path, content);
        return new PidFile(path, content);
    }

    /// The process in the file, if it still is an IKE daemon. Ids are reused, so that after a crash
    /// it may be anything.
    private static Optional<Long> running(Path path) throws IOException {
        if (Files.notExists(path)) {
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(Files.readString(path).strip());
            return ProcessHandle.of(pid).filter(PidFile::isDaemon).map(ProcessHandle::pid);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Its command line tells, which everybody may read, unlike more of a process with more rights.
    private static boolean isDaemon(ProcessHandle process) {
        if (process.pid() == ProcessHandle.current().pid()) {
            return false;
        }
        try {
            String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
            return line.contains("charon") || line.contains("keyferry");
        } catch (IOException _) {
            return false;
        }
    }

    /// Removes the file unless another process has put itself there.
    @Override
    public void close() throws IOException {
        if (Files.exists(path) && Files.readString(path).equals(content)) {
            Files.delete(path);
        }
    }
}
