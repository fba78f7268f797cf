package org.keyferry.engine.window;

import java.util.List;
import org.keyferry.wire.Bytes;

/// The peer's requests: handled once each, in order, and answered again from memory when the answer
/// got lost (RFC 7296 §2.1, §2.3).
public final class ResponseWindow {
    public enum Verdict {
        NEW,
        /// Its answer is known: send it again.
        REPEATED,
        /// It is being worked on.
        IN_PROGRESS,
        OUT_OF_WINDOW
    }

    private int expectedId;
    private boolean working;
    private List<Bytes> lastResponse;

    /// @param lastResponse the message or its fragments; empty if there is none
    public ResponseWindow(int expectedId, List<Bytes> lastResponse) {
        this.expectedId = expectedId;
        this.lastResponse = lastResponse;
    }

    public int expectedId() {
        return expectedId;
    }

    public Verdict judge(int messageId) {
        if (messageId == expectedId) {
            return working ? Verdict.IN_PROGRESS : Verdict.NEW;
        }
        return messageId == expectedId - 1 && !lastResponse.isEmpty()
                ? Verdict.REPEATED
                : Verdict.OUT_OF_WINDOW;
    }

    /// The expected request is being worked on; its repetitions are dropped until [#answered].
    public void began() {
        working = true;
    }

    public boolean isBusy() {
        return working;
    }

    public void answered(List<Bytes> response) {
        working = false;
        lastResponse = response;
        expectedId++;
    }

    public List<Bytes> lastResponse() {
        return lastResponse;
    }
}
