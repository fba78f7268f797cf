package org.keyferry.engine.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.window.ResponseWindow.Verdict;
import org.keyferry.wire.Bytes;

class ResponseWindowTest {
    @Test
    void eachRequestOnceAndInOrder() {
        var window = new ResponseWindow(0, List.of());
        assertEquals(Verdict.NEW, window.judge(0));
        assertEquals(Verdict.OUT_OF_WINDOW, window.judge(1));
        assertEquals(Verdict.OUT_OF_WINDOW, window.judge(-1), "nothing was answered yet");
        window.began();
        assertEquals(Verdict.IN_PROGRESS, window.judge(0));
        window.answered(List.of(Bytes.ofU8(1)));
        assertEquals(Verdict.REPEATED, window.judge(0));
        assertEquals(Verdict.NEW, window.judge(1));
        assertEquals(List.of(Bytes.ofU8(1)), window.lastResponse());
        window.answered(List.of(Bytes.ofU8(2)));
        assertEquals(Verdict.OUT_OF_WINDOW, window.judge(0));
        assertEquals(Verdict.REPEATED, window.judge(1));
        assertEquals(2, window.expectedId());
    }

    @Test
    void idsAreUnsigned() {
        var window = new ResponseWindow(Integer.MIN_VALUE, List.of(Bytes.ofU8(1)));
        assertEquals(Verdict.REPEATED, window.judge(Integer.MAX_VALUE));
        assertEquals(Verdict.NEW, window.judge(Integer.MIN_VALUE));
    }
}
