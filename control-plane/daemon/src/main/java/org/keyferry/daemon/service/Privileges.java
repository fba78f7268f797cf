package org.keyferry.daemon.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.keyferry.nativeshim.Capabilities;
import org.keyferry.nativeshim.LinuxError;

/// What the process may do that others may not. Linux has it by threads: [#confine] leaves to the
/// calling thread, and so to all threads of the daemon, which it starts later, CAP_NET_ADMIN and
/// CAP_NET_BIND_SERVICE, and what scripts are to have besides. One thread that was started before
/// can still give files away until this is closed. The JVM's own threads keep what `bin/keyferryd`
/// or the unit left to the process.
public final class Privileges implements AutoCloseable {
    private static final long FOR_GOOD = Capabilities.NET_ADMIN | Capabilities.NET_BIND_SERVICE;

    private final ExecutorService former =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("former privileges").factory());

    private Privileges() {}

    /// Call before the daemon starts its first thread.
    ///
    /// A process without CAP_SETPCAP has been confined on purpose, by the unit or `bin/keyferryd`:
    /// what it has beyond the two is meant for its scripts, which get no more than their parent.
    public static Privileges confine() throws LinuxError {
        var privileges = new Privileges();
        CompletableFuture.runAsync(() -> {}, privileges.former).join(); // the thread is there
        long held = Capabilities.permitted();
        boolean confined = (held & Capabilities.SETPCAP) == 0;
        Capabilities.keepOnly(confined ? held & ~Capabilities.CHOWN : FOR_GOOD);
        return privileges;
    }

    /// Those of the process as they are, for a daemon within another program.
    public static Privileges unchanged() {
        return new Privileges();
    }

    /// Does something with all that the process was left, as long as nobody has confined all of it.
    ///
    /// @throws IOException caused by what the action threw, with its words
    public <T> T asBefore(Callable<T> action) throws IOException {
        try {
            return former.submit(action).get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    /// Gives a file to a user and a group, as far as they are named.
    ///
    /// @throws IOException naming the user, group or file and the reason
    public void give(Path file, Optional<String> user, Optional<String> group) throws IOException {
        if (user.isEmpty() && group.isEmpty()) {
            return;
        }
        try {
            former.submit(
                            () -> {
                                chown(file, user, group);
                                return null;
                            })
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "%s cannot be given to %s:%s: %s"
                            .formatted(
                                    file,
                                    user.orElse(""),
                                    group.orElse(""),
                                    e.getCause().getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private static void chown(Path file, Optional<String> user, Optional<String> group)
            throws IOException {
        var lookup = file.getFileSystem().getUserPrincipalLookupService();
        var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (group.isPresent()) {
            view.setGroup(lookup.lookupPrincipalByGroupName(group.get()));
        }
        if (user.isPresent()) {
            view.setOwner(lookup.lookupPrincipalByName(user.get()));
        }
    }

    @Override
    public void close() {
        former.shutdownNow();
    }
}
