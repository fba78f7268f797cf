package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final byte[] CONFIRM = {5};

    private static Outbox listening(QueueBudget budget) {
        var box = new Outbox(1 << 20, budget);
        box.register("log", CONFIRM);
        assertArrayEquals(CONFIRM, box.take().orElseThrow());
        return box;
    }

    @Test
    void clientsThatDoNotReadShareABudget() {
        var budget = new QueueBudget(1000);
        Outbox deaf = listening(budget);
        assertTrue(deaf.offerEvent("log", new byte[600]));
        assertTrue(deaf.offerEvent("log", new byte[600]));
        assertFalse(deaf.offerEvent("log", new byte[1]));
    }

    @Test
    void oneThatReadsGetsItsPacketsThoughOthersUsedTheBudgetUp() {
        var budget = new QueueBudget(1000);
        assertTrue(listening(budget).offerEvent("log", new byte[2000]));
        Outbox reading = listening(budget);
        for (int round = 0; round < 3; round++) {
            assertTrue(reading.offerEvent("log", new byte[100]));
            assertTrue(reading.take().isPresent());
        }
    }

    @Test
    void aClosedBoxGivesItsShareBack() {
        var budget = new QueueBudget(1000);
        Outbox deaf = listening(budget);
        assertTrue(deaf.offerEvent("log", new byte[2000]));
        assertTrue(budget.isUsedUp());
        deaf.close();
        assertFalse(budget.isUsedUp());
    }
}
