package org.keyferry.nativeshim;

import java.io.IOException;

/// Runs code on the calling platform thread inside another network namespace.
///
/// What the code opens stays in that namespace; the thread comes back.
public final class NetworkNamespace {
    private static final String OF_THIS_THREAD = "/proc/thread-self/ns/net";

    private NetworkNamespace() {}

    /// Code to run there.
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    /// Runs `task` there and comes back, also when it fails.
    ///
    /// @param path such as `/run/netns/left`
    /// @throws IllegalStateException on a virtual thread, whose carrier would change for others
    public static <T> T run(String path, Task<T> task) throws IOException {
        if (Thread.currentThread().isVirtual())
            throw new IllegalStateException("a network namespace belongs to a platform thread");
        int home = Libc.open(OF_THIS_THREAD, Libc.O_RDONLY_CLOEXEC);
        try {
            int there = Libc.open(path, Libc.O_RDONLY_CLOEXEC);
            try {
                Libc.setns(there, Libc.CLONE_NEWNET);
            } finally {
                Libc.close(there);
            }
            try {
                return task.run();
            } finally {
                Libc.setns(home, Libc.CLONE_NEWNET);
            }
        } finally {
            Libc.close(home);
        }
    }
}
