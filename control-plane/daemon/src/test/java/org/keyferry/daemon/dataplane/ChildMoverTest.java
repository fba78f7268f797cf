package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.MoveChild;
import org.keyferry.engine.KernelOp.RemoveChild;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmState;

/// CHILD_SAs that go to other endpoints.
class ChildMoverTest {
    private static final String OUT = "out 10.1.0.0/16 to 10.2.0.0/16";
    private static final String IN = "in 10.2.0.0/16 to 10.1.0.0/16";
    private static final String FWD = "fwd 10.2.0.0/16 to 10.1.0.0/16";

    private final FakeKernel kernel = new FakeKernel();
    private final XfrmDataplane dataplane = TestDataplane.over(kernel, new FakeKernel());
    private final TestChild child = new TestChild();
    private ChildInstallation before;

    @BeforeEach
    void install() {
        child.port = 4500;
        child.remotePort = 4500;
        before = child.build();
        assertEquals(new KernelAnswer.Done(), dataplane.perform(child.install()).join());
        kernel.forget();
    }

    private KernelAnswer move(ChildInstallation after) {
        return dataplane.perform(new MoveChild(before, after)).join();
    }

    /// Nothing is sent while the outbound state is copied, so that no number is used twice.
    @Test
    void toAnotherAddressOfOursWithNothingSentMeanwhile() throws Exception {
        child.local = "198.51.100.1";
        assertEquals(new KernelAnswer.Done(), move(child.build()));
        assertEquals(
                List.of(
                        "update policy " + OUT,
                        "get state esp d0000001 to 192.0.2.2",
                        "delete state esp d0000001 to 192.0.2.2",
                        "add state esp d0000001 to 192.0.2.2",
                        "get state esp c0000001 to 192.0.2.1",
                        "delete state esp c0000001 to 192.0.2.1",
                        "add state esp c0000001 to 198.51.100.1"),
                kernel.transcript.subList(0, 7));
        XfrmState out = kernel.state("add state esp d0000001");
        assertEquals(InetAddress.getByName("198.51.100.1"), out.source());
        var held = kernel.heldPolicy(OUT);
        assertEquals(XfrmAction.ALLOW, held.action(), "sends again");
        assertEquals(InetAddress.getByName("198.51.100.1"), held.templates().getFirst().source());
        assertEquals(Set.of(OUT, IN, FWD), kernel.policies.keySet());
    }

    @Test
    void itsPolicyIsClosedWhileStatesAreCopied() throws Exception {
        child.remote = "203.0.113.9";
        kernel.hold();
        var moving = dataplane.perform(new MoveChild(before, child.build()));
        assertEquals(XfrmAction.BLOCK, kernel.heldPolicy(OUT).action());
        assertEquals(1, kernel.transcript.size(), "no state before that");
        kernel.release();
        assertEquals(new KernelAnswer.Done(), moving.join());
        assertEquals(XfrmAction.ALLOW, kernel.heldPolicy(OUT).action());
        assertTrue(kernel.states.containsKey("esp d0000001 to 203.0.113.9"));
    }

    @Test
    void portsAloneAreWrittenWhereTheyAre() throws Exception {
        child.encap = true;
        var fresh = new FakeKernel();
        XfrmDataplane other = TestDataplane.over(fresh, new FakeKernel());
        before = child.build();
        other.perform(child.install()).join();
        fresh.forget();
        child.remotePort = 40_000;
        other.perform(new MoveChild(before, child.build())).join();
        assertEquals(
                List.of("get", "update", "get", "update"),
                fresh.transcript.stream().map(t -> t.split(" ", 2)[0]).toList());
        assertEquals(
                XfrmEncap.udp(4500, 40_000),
                fresh.state("update state esp d0000001").options().encap().orElseThrow());
    }

    @Test
    void encapsulationBeginsAndEnds() throws Exception {
        child.encap = true;
        ChildInstallation behindNat = child.build();
        assertEquals(new KernelAnswer.Done(), move(behindNat));
        assertEquals(
                XfrmEncap.udp(4500, 4500),
                kernel.state("add state esp c0000001").options().encap().orElseThrow());
        before = behindNat;
        child.encap = false;
        assertEquals(new KernelAnswer.Done(), move(child.build()));
        assertTrue(kernel.state("add state esp c0000001").options().encap().isEmpty());
    }

    /// Selectors that are the host itself go with it, under another reqid.
    @Test
    void otherSelectorsTakeTheirPoliciesAlong() throws Exception {
        child.local = "198.51.100.1";
        child.localTs = List.of("10.7.0.0/16");
        child.reqid = 9;
        ChildInstallation after = child.build();
        assertEquals(new KernelAnswer.Done(), move(after));
        assertEquals(
                Set.of(
                        "out 10.7.0.0/16 to 10.2.0.0/16",
                        "in 10.2.0.0/16 to 10.7.0.0/16",
                        "fwd 10.2.0.0/16 to 10.7.0.0/16"),
                kernel.policies.keySet());
        assertEquals(9, kernel.state("add state esp c0000001").reqid());
        dataplane.perform(new RemoveChild(after)).join();
        assertTrue(kernel.policies.isEmpty() && kernel.states.isEmpty());
    }

    @Test
    void whatComesForTheNewPlaceWaits() {
        child.local = "198.51.100.1";
        ChildInstallation after = child.build();
        kernel.hold();
        var moving = dataplane.perform(new MoveChild(before, after));
        var removing = dataplane.perform(new RemoveChild(after));
        kernel.release();
        assertEquals(new KernelAnswer.Done(), moving.join());
        assertEquals(new KernelAnswer.Done(), removing.join());
        assertTrue(kernel.policies.isEmpty(), kernel.policies.keySet()::toString);
        assertTrue(kernel.states.isEmpty(), kernel.states.keySet()::toString);
    }

    /// The daemon hears that the states are gone; no policy stays closed.
    @Test
    void aStateThatCannotBeHadLeavesNothingClosed() throws Exception {
        child.local = "198.51.100.1";
        kernel.refuse(3, 12);
        assertInstanceOf(KernelAnswer.Refused.class, move(child.build()));
        assertEquals(XfrmAction.ALLOW, kernel.heldPolicy(OUT).action());
    }
}
