package org.keyferry.vici;

/// One row of a server's command table.
@FunctionalInterface
public interface ViciCommand {
    /// Runs on a virtual thread of the client's own, so it may block. What the client did wrong is
    /// answered with `ViciMessage.failure`; an exception means our mistake: it is logged and the
    /// client is told `internal error`.
    ViciMessage run(ViciRequest request) throws Exception;
}
