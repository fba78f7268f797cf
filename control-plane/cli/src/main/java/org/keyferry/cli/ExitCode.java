package org.keyferry.cli;

/// Exit statuses that scripts can rely on. 2, wrong usage, is picocli's own.
final class ExitCode {
    static final int OK = 0;

    /// The daemon, or the kernel, said no.
    static final int FAILED = 1;

    /// No daemon, or it went away or stayed silent while we waited.
    static final int UNREACHABLE = 3;

    private ExitCode() {}
}
