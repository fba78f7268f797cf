package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.keyferry.daemon.radius.TestViews;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.wire.IpAddress;

class ArpEntriesTest {
    private static final Reason DOWN = new Reason.NoAddress("test");

    private final ArpEntries entries = new ArpEntries();
    private final IkeView dave =
            TestViews.ike(3, "dave", "192.0.2.3", EapFacts.NONE, TestViews.leased("10.1.0.50"));
    private final ChildView child = TestViews.child(1, "10.1.0.50/32");

    private boolean answers(String asking, String address) {
        return entries.answers(IpAddress.parse(asking), IpAddress.parse(address));
    }

    @Test
    void aVirtualIpIsAnsweredForAsLongAsItIsReached() {
        assertFalse(answers("10.1.0.10", "10.1.0.50"));
        entries.tell(new Event.ChildUp(dave, child));
        assertTrue(answers("10.1.0.10", "10.1.0.50"));
        assertFalse(answers("10.1.0.10", "10.1.0.51"), "nobody's");
        entries.tell(new Event.ChildDown(dave, child, DOWN));
        assertFalse(answers("10.1.0.10", "10.1.0.50"));
    }

    @Test
    void onlyThoseAreAnsweredWhomTheTunnelServes() {
        entries.tell(new Event.ChildUp(dave, child));
        assertFalse(answers("192.0.2.7", "10.1.0.50"));
        assertFalse(answers("0.0.0.0", "10.1.0.50"), "a probe (RFC 5227)");
        assertFalse(answers("10.1.0.50", "10.1.0.50"), "the peer itself, or an impostor");
    }

    @Test
    void aChildForOtherAddressesDoesNotCount() {
        entries.tell(new Event.ChildUp(dave, TestViews.child(2, "10.7.0.0/16")));
        assertFalse(answers("10.1.0.10", "10.1.0.50"));
    }

    @Test
    void oneOfTwoChildrenIsEnough() {
        entries.tell(new Event.ChildUp(dave, child));
        entries.tell(new Event.ChildUp(dave, TestViews.child(2, "10.1.0.50/32")));
        entries.tell(new Event.ChildDown(dave, child, DOWN));
        assertTrue(answers("10.1.0.10", "10.1.0.50"));
    }

    @Test
    void rekeyingGoesOn() {
        entries.tell(new Event.ChildUp(dave, child));
        ChildView now = TestViews.child(4, "10.1.0.50/32");
        entries.tell(new Event.ChildRekeyed(dave, child, now));
        assertTrue(answers("10.1.0.10", "10.1.0.50"));
        entries.tell(new Event.ChildDown(dave, now, DOWN));
        assertFalse(answers("10.1.0.10", "10.1.0.50"));
    }
}
