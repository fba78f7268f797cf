package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmOffload;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyFlag;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.HwOffload;
import org.keyferry.wire.ProtocolId;

/// IPComp, AH, devices and further policies, against a model of the kernel.
class ChildOptionsInKernelTest {
    private static final String OUT = "out 10.1.0.0/16 to 10.2.0.0/16";
    private static final String IN = "in 10.2.0.0/16 to 10.1.0.0/16";
    private static final Ipcomp CPIS = new Ipcomp(0x1111, 0x2222);

    private final FakeKernel kernel = new FakeKernel();
    private final FakeKernel routes = new FakeKernel();
    private final XfrmDataplane dataplane = TestDataplane.over(kernel, routes);
    private final TestChild child = new TestChild();

    @Test
    void forwardedPacketsMayBeLetThroughByAPolicyOfTheirOwn() throws Exception {
        child.kernel.policies(true, true);
        install();
        XfrmPolicy forward = kernel.policy("add policy fwd 10.1.0.0/16 to 10.2.0.0/16");
        assertEquals(List.of(), forward.templates());
        assertEquals(400_000 - 32 * 512, forward.priority());
        remove();
        assertNothingLeft();
    }

    @Test
    void icmpErrorsPassTheOutboundPolicies() throws Exception {
        child.kernel.icmp(true).policies(true, true);
        install();
        assertEquals(Set.of(XfrmPolicyFlag.ICMP), kernel.policy("add policy " + OUT).flags());
        assertEquals(
                Set.of(XfrmPolicyFlag.ICMP), kernel.policy("add policy fwd 10.1.0.0/16").flags());
        assertEquals(Set.of(), kernel.policy("add policy " + IN).flags());
    }

    @Test
    void outboundPoliciesMayBeForOneDevice() throws Exception {
        routes.hasLink(7, "wan0");
        child.kernel.device(Optional.of("wan0"));
        install();
        XfrmPolicy out = kernel.policy("add policy " + OUT);
        assertEquals(7, out.id().selector().interfaceIndex());
        assertEquals(383_615 - 2, out.priority());
        assertEquals(0, kernel.policy("add policy " + IN).id().selector().interfaceIndex());
        remove();
        assertNothingLeft();
    }

    @Test
    void aDeviceThatDoesNotExistIsNamed() {
        child.kernel.device(Optional.of("wan9"));
        var refused = assertInstanceOf(KernelAnswer.Refused.class, perform(child.install()));
        assertTrue(refused.text().contains("interface 'wan9'"), refused.text());
        assertNothingLeft();
    }

    @Test
    void ipcompReservesACpiAndInstallsTwoStatesEachWay() throws Exception {
        child.ipcomp = Optional.of(CPIS);
        var allocated = (KernelAnswer.SpiAllocated) perform(allocation());
        child.spiIn = allocated.spi().value();
        child.ipcomp = Optional.of(new Ipcomp(allocated.cpi(), 0x2222));
        String comp = "comp %08x to 192.0.2.1".formatted(allocated.cpi());
        assertTrue(kernel.states.containsKey(comp));
        install();
        assertEquals(4, kernel.states.size());
        XfrmPolicy out = kernel.policy("add policy " + OUT);
        assertEquals(
                List.of(
                        template("192.0.2.1", "192.0.2.2", 0x2222, 108, XfrmMode.TUNNEL, false),
                        template("0.0.0.0", "0.0.0.0", 0xd000_0001, 50, XfrmMode.TRANSPORT, false)),
                out.templates());
        assertEquals(
                List.of(
                        template("192.0.2.2", "192.0.2.1", 0, 108, XfrmMode.TUNNEL, true),
                        template("0.0.0.0", "0.0.0.0", 0, 50, XfrmMode.TRANSPORT, false)),
                kernel.policy("add policy " + IN).templates());
        remove();
        assertNothingLeft();
    }

    @Test
    void aCpiThatThePeerDidNotWantIsGivenBack() {
        child.ipcomp = Optional.of(CPIS);
        var allocated = (KernelAnswer.SpiAllocated) perform(allocation());
        child.spiIn = allocated.spi().value();
        child.ipcomp = Optional.empty();
        install();
        assertEquals(2, kernel.states.size());
        remove();
        assertNothingLeft();
    }

    @Test
    void aReleasedSpiTakesItsCpiAlong() {
        child.ipcomp = Optional.of(CPIS);
        var allocated = (KernelAnswer.SpiAllocated) perform(allocation());
        assertEquals(2, kernel.states.size());
        perform(
                new KernelOp.ReleaseSpi(
                        child.build().local(), child.build().remote(), allocated.spi()));
        assertNothingLeft();
    }

    @Test
    void closingGivesReservationsBack() {
        child.ipcomp = Optional.of(CPIS);
        perform(allocation());
        dataplane.close();
        assertNothingLeft();
    }

    /// 0 to 3 are the states, inbound ones first, 4 to 6 the policies.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void aRefusalLeavesNothingOfIpcomp(int step) {
        child.ipcomp = Optional.of(CPIS);
        var allocated = (KernelAnswer.SpiAllocated) perform(allocation());
        child.spiIn = allocated.spi().value();
        child.ipcomp = Optional.of(new Ipcomp(allocated.cpi(), 0x2222));
        kernel.forget();
        kernel.refuse(step, Errno.EINVAL);
        assertInstanceOf(KernelAnswer.Refused.class, perform(child.install()));
        assertNothingLeft();
    }

    @Test
    void ahStatesAndTemplatesAreAhs() throws Exception {
        child.protocolId = ProtocolId.AH;
        child.encr = null;
        child.integ = TestChild.HMAC_SHA2_256_128;
        perform(allocation());
        install();
        assertEquals(
                Set.of("ah c0000001 to 192.0.2.1", "ah d0000001 to 192.0.2.2"),
                kernel.states.keySet());
        assertEquals(51, kernel.policy("add policy " + OUT).templates().getFirst().protocol());
        assertEquals(2, dataplane.counters().size());
        remove();
        assertNothingLeft();
    }

    /// The responder chose AH of an offer whose SPI was reserved for ESP.
    @Test
    void aReservationForTheOtherProtocolIsGivenBack() {
        perform(allocation());
        child.protocolId = ProtocolId.AH;
        child.encr = null;
        child.integ = TestChild.HMAC_SHA2_256_128;
        install();
        assertEquals(2, kernel.states.size());
        remove();
        assertNothingLeft();
    }

    @Test
    void beetPoliciesHaveAddressesAndForward() throws Exception {
        child.mode = ChildMode.BEET;
        child.localTs = List.of("10.1.0.1/32");
        child.remoteTs = List.of("10.2.0.1/32");
        install();
        assertEquals(3, kernel.policies.size());
        assertEquals(
                List.of(template("192.0.2.1", "192.0.2.2", 0xd000_0001, 50, XfrmMode.BEET, false)),
                kernel.policy("add policy out").templates());
    }

    @Test
    void theDeviceOfTheLocalAddressOffloads() throws Exception {
        hasDevice();
        child.kernel.hwOffload(HwOffload.CRYPTO);
        install();
        assertEquals(
                Optional.of(new XfrmOffload(5, XfrmOffload.INBOUND)),
                kernel.state("add state esp c0000001").options().offload());
        assertEquals(Optional.empty(), kernel.policy("add policy " + OUT).offload());
    }

    @Test
    void policiesGoToTheDeviceWithPacketOffload() throws Exception {
        hasDevice();
        child.kernel.hwOffload(HwOffload.PACKET);
        install();
        assertEquals(
                Optional.of(new XfrmOffload(5, XfrmOffload.PACKET)),
                kernel.policy("add policy " + OUT).offload());
        assertEquals(
                Optional.of(new XfrmOffload(5, XfrmOffload.PACKET | XfrmOffload.INBOUND)),
                kernel.policy("add policy " + IN).offload());
    }

    @Test
    void autoAsksForLessUntilTheKernelTakesIt() throws Exception {
        hasDevice();
        child.kernel.hwOffload(HwOffload.AUTO);
        kernel.refuse(1, Errno.EINVAL); // packet: the inbound state is added after ESRCH
        install();
        var used = kernel.state("add state esp c0000001").options().offload().orElseThrow();
        assertEquals(XfrmOffload.INBOUND, used.flags());
        assertEquals(2, kernel.states.size());
    }

    @Test
    void aRefusedOffloadNamesTheDeviceAndTheKernelsWords() {
        hasDevice();
        child.kernel.hwOffload(HwOffload.PACKET);
        kernel.refuse(1, Errno.EINVAL);
        var refused = assertInstanceOf(KernelAnswer.Refused.class, perform(child.install()));
        assertTrue(refused.text().contains("packet offload to device eth5"), refused.text());
        assertTrue(refused.text().contains("words of the kernel"), refused.text());
        assertNothingLeft();
    }

    @Test
    void withoutADeviceOnlyAutoGoesOn() {
        child.kernel.hwOffload(HwOffload.CRYPTO);
        var refused = assertInstanceOf(KernelAnswer.Refused.class, perform(child.install()));
        assertTrue(refused.text().contains("no device has the address 192.0.2.1"), refused.text());
        child.kernel.hwOffload(HwOffload.AUTO);
        install();
    }

    private void hasDevice() {
        routes.hasLink(5, "eth5");
        routes.hasAddress(
                InterfaceAddress.of(5, new IpPrefix(InetAddress.ofLiteral("192.0.2.1"), 24), 0));
    }

    private static XfrmTemplate template(
            String source,
            String destination,
            int spi,
            int protocol,
            XfrmMode mode,
            boolean optional) {
        return new XfrmTemplate(
                InetAddress.ofLiteral(source),
                InetAddress.ofLiteral(destination),
                new Spi(spi),
                protocol,
                mode,
                1,
                optional);
    }

    private KernelOp allocation() {
        return new KernelOp.AllocateSpi(
                child.build().local(),
                child.build().remote(),
                child.protocolId,
                child.ipcomp.isPresent());
    }

    private void install() {
        assertEquals(new KernelAnswer.Done(), perform(child.install()));
    }

    private void remove() {
        assertEquals(new KernelAnswer.Done(), perform(new KernelOp.RemoveChild(child.build())));
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
}
