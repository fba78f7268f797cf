package org.keyferry.vici;

/// A request being served. All methods may be called from any thread.
public interface ViciRequest {
    String command();

    /// What could be read of it: a malformed tail was logged and counts as absent.
    ViciMessage message();

    /// Whether the client registered this streamed event; spares building messages for nobody.
    boolean wants(String event);

    /// Sends a streamed event to this client, once per registration; does nothing if it has none,
    /// is gone, or the command has answered. Called on the command's own thread it waits until a
    /// slow client has taken earlier output; from any other thread it never waits, and a client
    /// whose output queue is full is disconnected.
    void stream(String event, ViciMessage message);

    /// The client is gone: nobody will read the answer.
    boolean cancelled();

    /// Runs `action` once when the client goes away before the answer, on a thread of the server's;
    /// at once if it is gone already. A later call replaces the action.
    void onCancel(Runnable action);
}
