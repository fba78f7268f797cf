package org.keyferry.daemon.dataplane;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.ProtocolId;

/// Against a model of the kernel that keeps a transcript.
class XfrmDataplaneTest {
    private static final int ENOMEM = 12;
    private static final String OUT = "out 10.1.0.0/16 to 10.2.0.0/16";
    private static final String IN = "in 10.2.0.0/16 to 10.1.0.0/16";
    private static final String FWD = "fwd 10.2.0.0/16 to 10.1.0.0/16";

    private final FakeKernel kernel = new FakeKernel();
    private final FakeKernel routes = new FakeKernel();
    private final XfrmDataplane dataplane = TestDataplane.over(kernel, routes);
    private final TestChild child = new TestChild();

    @Test
    void anSpiIsReservedForThePeerAndGivenBack() throws Exception {
        KernelAnswer answer = perform(allocation());
        assertEquals(new KernelAnswer.SpiAllocated(child.build().spiIn(), 0), answer);
        assertEquals(List.of("allocate SPI esp to 192.0.2.1 from 192.0.2.2"), kernel.transcript);
        assertEquals(new KernelAnswer.Done(), perform(release()));
        assertEquals(Map.of(), kernel.states);
        assertEquals(new KernelAnswer.Done(), perform(release()), "gone already");
    }

    @Test
    void statesGoBeforePolicies() {
        reserve();
        assertEquals(new KernelAnswer.Done(), perform(child.install()));
        assertEquals(
                List.of(
                        "update state esp c0000001 to 192.0.2.1",
                        "add state esp d0000001 to 192.0.2.2",
                        "add policy " + OUT,
                        "add policy " + IN,
                        "add policy " + FWD),
                kernel.transcript);
    }

    @Test
    void requestsGoOutTogetherWhereOrderAllows() {
        reserve();
        kernel.hold();
        CompletableFuture<KernelAnswer> answer = dataplane.perform(child.install());
        assertEquals(2, kernel.transcript.size(), "both states at once, no policy before them");
        kernel.release();
        assertEquals(new KernelAnswer.Done(), answer.join());
    }

    @Test
    void aReservationThatTheKernelDroppedIsNoLoss() {
        assertEquals(new KernelAnswer.Done(), perform(child.install()));
        assertTrue(kernel.transcript.contains("add state esp c0000001 to 192.0.2.1"));
        assertEquals(2, kernel.states.size());
    }

    @Test
    void templatesLeadToTheStates() throws Exception {
        child.reqid = 7;
        perform(child.install());
        XfrmPolicy out = kernel.policy("add policy " + OUT);
        assertEquals(391_807 - 16 * 512, out.priority());
        assertEquals(
                List.of(
                        new XfrmTemplate(
                                address("192.0.2.1"),
                                address("192.0.2.2"),
                                new Spi(0xd000_0001),
                                IpProtocols.ESP,
                                XfrmMode.TUNNEL,
                                7,
                                false)),
                out.templates());
        var inbound =
                List.of(
                        new XfrmTemplate(
                                address("192.0.2.2"),
                                address("192.0.2.1"),
                                Spi.NONE,
                                IpProtocols.ESP,
                                XfrmMode.TUNNEL,
                                7,
                                false));
        assertEquals(inbound, kernel.policy("add policy " + IN).templates());
        assertEquals(inbound, kernel.policy("add policy " + FWD).templates());
    }

    @Test
    void whoIsPatientComesFirstWhenItIsPreferred() throws Exception {
        perform(child.install());
        var second = new TestChild();
        second.uniqueId = 2;
        second.spiIn = 0xc000_0002;
        second.spiOut = 0xd000_0002;
        second.patient = true;
        perform(second.install());
        assertEquals(new Spi(0xd000_0001), sendsBy());
        assertEquals(
                new KernelAnswer.Done(), perform(new KernelOp.PreferChild(second.build().first())));
        assertEquals(new Spi(0xd000_0002), sendsBy());
        perform(new KernelOp.RemoveChild(child.build()));
        assertEquals(new Spi(0xd000_0002), sendsBy());
        perform(new KernelOp.RemoveChild(second.build()));
        assertEquals(Map.of(), kernel.policies);
        perform(new KernelOp.PreferChild(second.build().first()));
        assertEquals(Map.of(), kernel.policies, "it is gone");
    }

    private Spi sendsBy() throws Exception {
        return kernel.heldPolicy(OUT).templates().getFirst().spi();
    }

    @Test
    void everyPairOfOneFamilyHasItsPolicies() {
        child.localTs = List.of("10.1.0.0/16", "fd01::/64");
        child.remoteTs = List.of("10.2.0.0/16", "10.3.0.0/16", "fd02::/64");
        perform(child.install());
        assertEquals(9, kernel.policies.size());
        assertTrue(
                kernel.policies.containsKey("out fd01:0:0:0:0:0:0:0/64 to fd02:0:0:0:0:0:0:0/64"));
        perform(new KernelOp.RemoveChild(child.build()));
        assertEquals(Map.of(), kernel.policies);
    }

    @Test
    void ipv6InsideIpv4KeepsTheOuterFamilyInTheTemplate() throws Exception {
        child.localTs = List.of("fd01::/64");
        child.remoteTs = List.of("fd02::/64");
        perform(child.install());
        XfrmPolicy out = kernel.policy("add policy out fd01");
        assertEquals(address("192.0.2.2"), out.templates().getFirst().destination());
    }

    @Test
    void transportModeHasNoForwardingAndNoAddressesInTemplates() throws Exception {
        child.mode = ChildMode.TRANSPORT;
        child.localTs = List.of("192.0.2.1/32");
        child.remoteTs = List.of("192.0.2.2/32");
        perform(child.install());
        assertEquals(2, kernel.policies.size());
        XfrmTemplate template = kernel.policy("add policy out").templates().getFirst();
        assertEquals(XfrmMode.TRANSPORT, template.mode());
        assertEquals(address("0.0.0.0"), template.destination());
        assertEquals(new Spi(0xd000_0001), template.spi());
    }

    @Test
    void marksInterfacesAndPrioritiesComeFromTheConfiguration() throws Exception {
        child.markIn = new Mark(1, 0xff);
        child.markOut = new Mark(2, 0xff);
        child.ifIdIn = 3;
        child.ifIdOut = 4;
        child.kernel.priority(1_000);
        perform(child.install());
        XfrmPolicy out = kernel.policy("add policy out");
        assertEquals(1_000, out.priority());
        assertEquals(new XfrmMark(2, 0xff), out.id().mark());
        assertEquals(4, out.id().ifId());
        XfrmPolicy in = kernel.policy("add policy in");
        assertEquals(new XfrmMark(1, 0xff), in.id().mark());
        assertEquals(3, in.id().ifId());
        perform(new KernelOp.RemoveChild(child.build()));
        assertNothingLeft();
    }

    @Test
    void withoutPoliciesOnlyStatesAreInstalled() {
        child.kernel.policies(false, false);
        assertEquals(new KernelAnswer.Done(), perform(child.install()));
        assertEquals(Map.of(), kernel.policies);
        assertEquals(2, kernel.states.size());
    }

    @Test
    void theKernelGetsTheKeysAndNobodyElseKeepsThem() throws Exception {
        reserve();
        KernelOp.InstallChild install = child.install();
        perform(install);
        byte[] key = new byte[20];
        assertArrayEquals(key, install.keys().encrIn().array());
        assertArrayEquals(key, install.keys().encrOut().array());
        byte[] sent = kernel.bodyOf("add state esp d0000001");
        assertTrue(new String(sent, ISO_8859_1).contains("\3".repeat(20)));
    }

    /// 0 and 1 are the states, 2 to 4 the policies.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aRefusalLeavesNothing(int step) {
        reserve();
        kernel.refuse(step, Errno.EINVAL);
        KernelOp.InstallChild install = child.install();
        KernelAnswer answer = perform(install);
        var refused = assertInstanceOf(KernelAnswer.Refused.class, answer);
        assertEquals("EINVAL", refused.errnoName());
        assertTrue(refused.text().contains("CHILD_SA net{1} of IKE_SA gw[1]"), refused.text());
        assertTrue(refused.text().contains("words of the kernel"), refused.text());
        assertNothingLeft();
        assertArrayEquals(new byte[20], install.keys().encrIn().array());
    }

    @Test
    void whatWasDoneIsTakenBackLastThingsFirst() {
        reserve();
        kernel.refuse(4, ENOMEM);
        perform(child.install());
        assertEquals(
                List.of(
                        "delete policy " + IN,
                        "delete policy " + OUT,
                        "delete state esp d0000001 to 192.0.2.2",
                        "delete state esp c0000001 to 192.0.2.1"),
                kernel.transcript.subList(5, kernel.transcript.size()));
    }

    @Test
    void aStateOfSomebodyElseIsNotTakenBack() {
        reserve();
        perform(child.install());
        var other = new TestChild();
        other.spiIn = 0xc000_0002;
        assertInstanceOf(KernelAnswer.Refused.class, perform(other.install()));
        assertTrue(kernel.states.containsKey("esp d0000001 to 192.0.2.2"));
        assertFalse(kernel.states.containsKey("esp c0000002 to 192.0.2.1"));
    }

    @Test
    void aMissingAlgorithmIsNamed() {
        reserve();
        kernel.refuse(1, Errno.ENOENT);
        var refused = assertInstanceOf(KernelAnswer.Refused.class, perform(child.install()));
        assertTrue(refused.text().contains("AES_GCM_16_128 as rfc4106(gcm(aes))"), refused.text());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoSasWithOneSelectorShareItsPolicies(boolean oldGoesFirst) throws Exception {
        perform(child.install());
        TestChild successor = successor();
        assertEquals(new KernelAnswer.Done(), perform(successor.install()));
        assertEquals(3, kernel.policies.size());
        assertEquals(new Spi(0xd000_0002), spiOfOutPolicy(), "the newcomer takes over");
        perform(new KernelOp.RemoveChild((oldGoesFirst ? child : successor).build()));
        assertEquals(3, kernel.policies.size());
        assertEquals(new Spi(oldGoesFirst ? 0xd000_0002 : 0xd000_0001), spiOfOutPolicy());
        perform(new KernelOp.RemoveChild((oldGoesFirst ? successor : child).build()));
        assertNothingLeft();
    }

    @Test
    void aFailedSuccessorGivesThePolicyBack() throws Exception {
        perform(child.install());
        kernel.refuse(kernel.transcript.size() + 5, ENOMEM); // its FWD policy
        assertInstanceOf(KernelAnswer.Refused.class, perform(successor().install()));
        assertEquals(new Spi(0xd000_0001), spiOfOutPolicy());
        assertEquals(2, kernel.states.size());
        perform(new KernelOp.RemoveChild(child.build()));
        assertNothingLeft();
    }

    @Test
    void aPolicyThatWasLeftBehindIsTakenOver() throws Exception {
        perform(child.install());
        var leftBehind = kernel.policies.get(OUT);
        perform(new KernelOp.RemoveChild(child.build()));
        kernel.policies.put(OUT, leftBehind);
        assertEquals(new KernelAnswer.Done(), perform(successor().install()));
        assertEquals(new Spi(0xd000_0002), spiOfOutPolicy());
    }

    @Test
    void removingTwiceOrUnknownSasIsNoError() {
        perform(child.install());
        assertEquals(new KernelAnswer.Done(), perform(new KernelOp.RemoveChild(child.build())));
        assertEquals(new KernelAnswer.Done(), perform(new KernelOp.RemoveChild(child.build())));
        assertEquals(0, dataplane.heldStates());
    }

    @Test
    void aRemovalWaitsForTheInstallation() {
        reserve();
        kernel.hold();
        CompletableFuture<KernelAnswer> installed = dataplane.perform(child.install());
        CompletableFuture<KernelAnswer> removed =
                dataplane.perform(new KernelOp.RemoveChild(child.build()));
        assertEquals(2, kernel.transcript.size());
        kernel.release();
        assertEquals(new KernelAnswer.Done(), installed.join());
        assertEquals(new KernelAnswer.Done(), removed.join());
        assertNothingLeft();
    }

    @Test
    void closingRemovesWhatIsOursAndNothingElse() throws Exception {
        perform(child.install());
        var foreignState = kernel.states.get("esp d0000001 to 192.0.2.2");
        var foreignPolicy = kernel.policies.get(OUT);
        kernel.states.put("esp 00001234 to 203.0.113.1", foreignState);
        kernel.policies.put("out 10.9.0.0/16 to 10.8.0.0/16", foreignPolicy);
        var reserved = new TestChild();
        reserved.remote = "192.0.2.3";
        perform(
                new KernelOp.AllocateSpi(
                        reserved.build().local(),
                        reserved.build().remote(),
                        ProtocolId.ESP,
                        false));
        dataplane.close();
        assertEquals(List.of("esp 00001234 to 203.0.113.1"), List.copyOf(kernel.states.keySet()));
        assertEquals(
                List.of("out 10.9.0.0/16 to 10.8.0.0/16"), List.copyOf(kernel.policies.keySet()));
        assertTrue(kernel.isClosed());
        assertInstanceOf(KernelAnswer.Refused.class, perform(child.install()));
    }

    @Test
    void manySasComeAndGo() {
        for (int i = 0; i < 2_500; i++) {
            var one = new TestChild();
            one.uniqueId = i;
            one.spiIn += i;
            one.spiOut += i;
            one.remoteTs = List.of("10.%d.%d.0/24".formatted(2 + i / 256, i % 256));
            assertEquals(new KernelAnswer.Done(), perform(one.install()));
        }
        assertEquals(5_000, kernel.states.size());
        assertEquals(7_500, kernel.policies.size());
        dataplane.close();
        assertNothingLeft();
    }

    private void reserve() {
        perform(allocation());
        kernel.forget();
    }

    private KernelOp allocation() {
        return new KernelOp.AllocateSpi(
                child.build().local(),
                child.build().remote(),
                child.protocolId,
                child.ipcomp.isPresent());
    }

    private KernelOp release() {
        return new KernelOp.ReleaseSpi(
                child.build().local(), child.build().remote(), child.build().spiIn());
    }

    private static TestChild successor() {
        var successor = new TestChild();
        successor.uniqueId = 2;
        successor.spiIn = 0xc000_0002;
        successor.spiOut = 0xd000_0002;
        return successor;
    }

    private Spi spiOfOutPolicy() throws Exception {
        return kernel.heldPolicy(OUT).templates().getFirst().spi();
    }

    private KernelAnswer perform(KernelOp op) {
        CompletableFuture<KernelAnswer> answer = dataplane.perform(op);
        assertTrue(answer.isDone());
        return answer.join();
    }

    private void assertNothingLeft() {
        assertEquals(Map.of(), kernel.states);
        assertEquals(Map.of(), kernel.policies);
        assertEquals(0, dataplane.heldStates());
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }
}
