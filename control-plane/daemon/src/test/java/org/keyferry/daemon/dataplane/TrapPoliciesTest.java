package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// Policies that stand without a CHILD_SA. The priorities are those that charon computes for
/// networks with 24 bits.
class TrapPoliciesTest {
    private static final String OUT = "out 10.1.0.0/24 to 10.2.0.0/24";
    private static final String IN = "in 10.2.0.0/24 to 10.1.0.0/24";
    private static final String FWD = "fwd 10.2.0.0/24 to 10.1.0.0/24";

    private final FakeKernel kernel = new FakeKernel();
    private final FakeKernel routes = new FakeKernel();
    private final XfrmDataplane dataplane =
            TestDataplane.over(kernel, routes, TestDataplane.WITH_ROUTES);
    private final TestChild child = new TestChild();

    TrapPoliciesTest() {
        routes.reachesAll(
                Route.to(prefix("0.0.0.0/0"), Route.TABLE_MAIN, 2)
                        .via(InetAddress.ofLiteral("192.0.2.254"))
                        .from(InetAddress.ofLiteral("192.0.2.1")));
        routes.hasAddress(InterfaceAddress.of(2, prefix("10.1.0.1/24"), 0));
        child.localTs = List.of("10.1.0.0/24");
        child.remoteTs = List.of("10.2.0.0/24");
    }

    private static IpPrefix prefix(String text) {
        String[] parts = text.split("/", 2);
        return new IpPrefix(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
    }

    private static List<TrafficSelector> selectors(String... texts) {
        return List.of(texts).stream().map(TrafficSelector::parse).toList();
    }

    private Child config(ChildMode mode, KernelOptions kernelOptions) {
        return Child.of("net", List.of(), List.of(), List.of(), mode, child.lifetime)
                .withKernel(kernelOptions);
    }

    private PolicySource trap(KernelOptions kernelOptions, String remote) {
        return PolicySource.trap(
                "gw/net",
                config(ChildMode.TUNNEL, kernelOptions),
                ChildTags.NONE,
                7,
                IpAddress.parse("192.0.2.1"),
                IpAddress.parse(remote),
                selectors("10.1.0.0/24"),
                selectors("10.2.0.0/24"));
    }

    private PolicySource trap() {
        return trap(KernelOptions.DEFAULT, "192.0.2.2");
    }

    private PolicySource shunt(ChildMode mode) {
        return shunt(mode, KernelOptions.DEFAULT);
    }

    private PolicySource shunt(ChildMode mode, KernelOptions kernelOptions) {
        return PolicySource.shunt(
                "gw/out",
                config(mode, kernelOptions),
                ChildTags.NONE,
                selectors("10.1.0.0/24"),
                selectors("10.2.0.0/24"));
    }

    private void install(PolicySource source) {
        assertEquals(new KernelAnswer.Done(), dataplane.install(source).join());
    }

    private void remove(PolicySource source) {
        assertEquals(new KernelAnswer.Done(), dataplane.remove(source).join());
    }

    @Test
    void aTrapHasTemplatesWithoutAnSpiInAllThreeDirections() throws Exception {
        install(trap());
        assertEquals(List.of(OUT, IN, FWD), List.copyOf(kernel.policies.keySet()));
        XfrmPolicy out = kernel.heldPolicy(OUT);
        assertEquals(375_424, out.priority(), "one above that of the CHILD_SA");
        XfrmTemplate template = out.templates().getFirst();
        assertEquals(7, template.reqid());
        assertEquals(Spi.NONE, template.spi());
        assertEquals(InetAddress.ofLiteral("192.0.2.1"), template.source());
        assertEquals(InetAddress.ofLiteral("192.0.2.2"), template.destination());
        assertEquals(List.of("to 10.2.0.0/24 table 220"), List.copyOf(routes.routes.keySet()));
        remove(trap());
        assertEquals(Map.of(), kernel.policies);
        assertEquals(Map.of(), routes.routes);
    }

    @Test
    void theChildSaComesFirstAndTheTrapIsThereAgainWhenItIsGone() throws Exception {
        install(trap());
        child.reqid = 7;
        assertEquals(new KernelAnswer.Done(), dataplane.perform(child.install()).join());
        assertEquals(375_423, kernel.heldPolicy(OUT).priority());
        assertEquals(new Spi(child.spiOut), kernel.heldPolicy(OUT).templates().getFirst().spi());
        assertEquals(1, routes.routes.size());
        kernel.forget();
        dataplane.perform(new KernelOp.RemoveChild(child.build())).join();
        assertEquals(375_424, kernel.heldPolicy(OUT).priority());
        assertEquals(Spi.NONE, kernel.heldPolicy(OUT).templates().getFirst().spi());
        assertFalse(
                kernel.transcript.stream().anyMatch(line -> line.startsWith("delete policy")),
                "no packet finds a gap");
    }

    @Test
    void aTrapThatGoesLeavesTheChildSaAlone() throws Exception {
        install(trap());
        dataplane.perform(child.install()).join();
        remove(trap());
        assertEquals(375_423, kernel.heldPolicy(OUT).priority());
        assertEquals(2, kernel.states.size());
        dataplane.perform(new KernelOp.RemoveChild(child.build())).join();
        assertEquals(Map.of(), kernel.policies);
    }

    @Test
    void aTrapThatTakesThePlaceOfAnotherLeavesNoGap() throws Exception {
        install(trap());
        kernel.forget();
        install(trap(KernelOptions.DEFAULT, "192.0.2.9"));
        assertEquals(
                InetAddress.ofLiteral("192.0.2.9"),
                kernel.heldPolicy(OUT).templates().getFirst().destination());
        assertFalse(kernel.transcript.stream().anyMatch(line -> line.startsWith("delete")));
    }

    @Test
    void aConfiguredPriorityIsTakenAsItIs() throws Exception {
        install(trap(KernelOptions.builder().priority(1_234).build(), "192.0.2.2"));
        assertEquals(1_234, kernel.heldPolicy(IN).priority());
        child.kernel.priority(1_234);
        dataplane.perform(child.install()).join();
        assertEquals(
                new Spi(child.spiOut),
                kernel.heldPolicy(OUT).templates().getFirst().spi(),
                "of equal ones the CHILD_SA's");
    }

    @Test
    void whatPassesHasNoTemplateAndIsKeptOutOfTheTunnelsRoutes() throws Exception {
        install(shunt(ChildMode.PASS));
        assertEquals(List.of(OUT, IN, FWD), List.copyOf(kernel.policies.keySet()));
        assertEquals(175_423, kernel.heldPolicy(OUT).priority());
        assertEquals(List.of(), kernel.heldPolicy(OUT).templates());
        assertEquals(XfrmAction.ALLOW, kernel.heldPolicy(OUT).action());
        byte[] passing = routes.routes.get("to 10.2.0.0/24 table 220");
        assertEquals(Route.THROW, passing[7]);
        dataplane.perform(child.install()).join();
        assertEquals(
                Route.THROW,
                routes.routes.get("to 10.2.0.0/24 table 220")[7],
                "also beside a tunnel to the same network");
        remove(shunt(ChildMode.PASS));
        assertEquals(Route.UNICAST, routes.routes.get("to 10.2.0.0/24 table 220")[7]);
        assertEquals(375_423, kernel.heldPolicy(OUT).priority());
    }

    @Test
    void whatIsDroppedIsBlockedBehindEverythingElse() throws Exception {
        install(shunt(ChildMode.DROP));
        assertEquals(575_423, kernel.heldPolicy(OUT).priority());
        assertEquals(XfrmAction.BLOCK, kernel.heldPolicy(FWD).action());
        assertEquals(Map.of(), routes.routes);
    }

    /// Or what comes from another device would be dropped, too.
    @Test
    void aShuntIsOfItsInterfaceInEachDirection() throws Exception {
        routes.hasLink(5, "wan");
        install(shunt(ChildMode.DROP, KernelOptions.builder().device(Optional.of("wan")).build()));
        for (String id : List.of(OUT, IN, FWD)) {
            assertEquals(5, kernel.heldPolicy(id).id().selector().interfaceIndex(), id);
        }
    }

    @Test
    void aRefusalLeavesNothing() {
        kernel.refuse(2, Errno.EINVAL);
        assertEquals(KernelAnswer.Refused.class, dataplane.install(trap()).join().getClass());
        assertEquals(Map.of(), kernel.policies);
        remove(trap());
    }

    @Test
    void closingRemovesThem() {
        install(trap());
        install(shunt(ChildMode.PASS));
        dataplane.close();
        assertEquals(Map.of(), kernel.policies);
        assertEquals(Map.of(), routes.routes);
    }
}
