package org.keyferry.daemon.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Input;

class InboxTest {
    private static Inbox.Work work() {
        return new Inbox.Work.Give(new Input.Tick());
    }

    @Test
    void datagramsBeyondTheBoundAreRefusedUntilThereIsRoom() {
        var inbox = new Inbox(2);
        assertTrue(inbox.offerDatagram(work()));
        assertTrue(inbox.offerDatagram(work()));
        assertFalse(inbox.offerDatagram(work()));
        inbox.poll();
        assertTrue(inbox.offerDatagram(work()));
    }

    @Test
    void answersHaveNoBoundAndComeFirst() {
        var inbox = new Inbox(1);
        var datagram = work();
        var answer = new Inbox.Work.Give(new Input.Shutdown());
        inbox.offerDatagram(datagram);
        inbox.put(answer);
        inbox.put(answer);
        assertEquals(answer, inbox.poll());
        assertEquals(answer, inbox.poll());
        assertEquals(datagram, inbox.poll());
        assertNull(inbox.poll());
    }

    @Test
    void workEndsASleepThatHasNoOtherEnd() {
        var inbox = new Inbox(1);
        var sleeper = CompletableFuture.runAsync(() -> sleepUntilWork(inbox));
        assertFalse(sleeper.isDone());
        inbox.put(work());
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> sleeper.get());
    }

    private static void sleepUntilWork(Inbox inbox) {
        while (inbox.poll() == null) {
            inbox.sleep(Long.MAX_VALUE);
        }
    }
}
