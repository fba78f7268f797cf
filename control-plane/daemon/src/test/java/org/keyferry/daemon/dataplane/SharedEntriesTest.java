package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SharedEntriesTest {
    private final List<String> asked = new ArrayList<>();
    private final SharedEntries<String, Integer> entries =
            new SharedEntries<>(new Recorder(), (present, newcomer) -> present < newcomer);

    @Test
    void aNewcomerOfTheSameRankTakesOverAndHandsBack() {
        acquire("old", 5);
        acquire("new", 5);
        release("old");
        release("new");
        assertEquals(List.of("add p 5", "replace p 5", "remove p 5"), asked);
        assertEquals(0, entries.size());
    }

    @Test
    void aWorseOneWaitsForItsTurn() {
        acquire("good", 1);
        acquire("bad", 9);
        assertEquals(List.of("add p 1"), asked);
        release("good");
        assertEquals(List.of("add p 1", "replace p 9"), asked);
    }

    @Test
    void anOwnerHasOneUse() {
        acquire("a", 1);
        acquire("b", 2);
        acquire("a", 3);
        assertEquals(List.of("add p 1", "replace p 2"), asked);
        release("a");
        release("b");
        assertEquals(List.of("add p 1", "replace p 2", "remove p 2"), asked);
    }

    @Test
    void whatTheKernelRefusedIsNotRemovedFromIt() {
        acquire("a", 1);
        entries.release("p", "a", false).join();
        assertEquals(List.of("add p 1"), asked);
        assertEquals(0, entries.size());
    }

    @Test
    void releasingWhatNobodyHasAsksNothing() {
        assertTrue(entries.release("p", "a", true).isDone());
        assertEquals(List.of(), asked);
    }

    private void acquire(String owner, int value) {
        entries.acquire("p", owner, value).join();
    }

    private void release(String owner) {
        entries.release("p", owner, true).join();
    }

    private final class Recorder implements SharedEntries.Kernel<String, Integer> {
        @Override
        public CompletableFuture<Void> add(String key, Integer value) {
            return note("add " + key + " " + value);
        }

        @Override
        public CompletableFuture<Void> replace(String key, Integer value) {
            return note("replace " + key + " " + value);
        }

        @Override
        public CompletableFuture<Void> remove(String key, Integer last) {
            return note("remove " + key + " " + last);
        }

        private CompletableFuture<Void> note(String request) {
            asked.add(request);
            return CompletableFuture.completedFuture(null);
        }
    }
}
