package org.keyferry.netlink.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.KernelLinkFailure;
import org.keyferry.netlink.xfrm.KeyMaterial;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.netlink.xfrm.XfrmDatabaseInfo.HashThreshold;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmGroup;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmPorts;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.netlink.xfrm.XfrmTemplate;

@Timeout(60)
class LivePoliciesTest {
    private static final int ESP = 50;
    private static final int UDP = 17;

    private TestNamespace namespace;
    private NetlinkLink link;
    private Xfrm xfrm;

    @BeforeEach
    void open() throws Exception {
        namespace = TestNamespace.create();
        link = namespace.run(() -> NetlinkLink.open(Xfrm.NETLINK_PROTOCOL));
        xfrm = new Xfrm(link);
    }

    @AfterEach
    void close() throws Exception {
        if (link != null) link.close();
        if (namespace != null) namespace.close();
    }

    @Test
    void aPolicyIsAddedFoundListedChangedAndDeleted() throws Exception {
        XfrmPolicy policy = tunnelPolicy(1, 375_423);
        xfrm.addPolicy(policy).get();
        XfrmPolicy found = xfrm.getPolicy(policy.id()).get();
        assertEquals(policy.templates(), found.templates());
        assertEquals(policy.lifetime(), found.lifetime());
        assertEquals(policy.priority(), found.priority());
        assertEquals(policy.id().selector(), found.id().selector());
        assertTrue(found.usage().addedAtSeconds() > 0);
        assertEquals(List.of(found), xfrm.policies().get());
        assertTrue(
                namespace
                        .shell("ip xfrm policy")
                        .contains(
                                "tmpl src 192.0.2.1 dst 192.0.2.2\n\t\tproto esp spi 0xc0ffee01"));
        xfrm.updatePolicy(tunnelPolicy(1, 100)).get();
        assertEquals(100, xfrm.getPolicy(policy.id()).get().priority());
        assertEquals(1, xfrm.policyInfo().get().out());
        xfrm.deletePolicy(policy.id()).get();
        assertEquals(List.of(), xfrm.policies().get());
    }

    @Test
    void errorsTellNumberNameAndRequest() throws Exception {
        XfrmPolicy policy = tunnelPolicy(1, 1);
        xfrm.addPolicy(policy).get();
        KernelError exists = errorOf(xfrm.addPolicy(policy));
        assertEquals("EEXIST", exists.errnoName());
        assertEquals("add policy out 10.1.0.1/32 to 10.2.0.0/16", exists.request());
        xfrm.flushPolicies().get();
        KernelError missing = errorOf(xfrm.deletePolicy(policy.id()));
        assertEquals(2, missing.errno());
        var noState = new XfrmStateId(address("192.0.2.2"), new Spi(0x1234), ESP);
        assertEquals("ESRCH", errorOf(xfrm.getState(noState)).errnoName());
        assertEquals("ESRCH", errorOf(xfrm.deleteState(noState)).errnoName());
    }

    @Test
    void theExtendedAcknowledgementGivesTheKernelsOwnWords() throws Exception {
        var id = new XfrmStateId(address("192.0.2.2"), new Spi(0x1234), ESP);
        XfrmState state =
                XfrmState.builder(id, address("192.0.2.1"), XfrmMode.TUNNEL)
                        .algorithm(aesGcm("no such algorithm"))
                        .build();
        KernelError refused = errorOf(xfrm.addState(state));
        assertEquals("Requested AEAD algorithm not found", refused.text());
        assertEquals("ENOSYS", refused.errnoName());
    }

    @Test
    void aStateIsAcceptedOrRefusedForWantOfEspOnly() throws Exception {
        var id = new XfrmStateId(address("192.0.2.2"), new Spi(0x1234), ESP);
        XfrmState state =
                XfrmState.builder(id, address("192.0.2.1"), XfrmMode.TUNNEL)
                        .algorithm(new XfrmAlgorithm.Encryption("cbc(aes)", key(16)))
                        .algorithm(new XfrmAlgorithm.Integrity("hmac(sha1)", key(20), 96))
                        .build();
        try {
            xfrm.addState(state).get();
            assertEquals(id, xfrm.getState(id).get().id());
        } catch (ExecutionException e) {
            KernelError refused = assertInstanceOf(KernelError.class, e.getCause());
            assertEquals("EPROTONOSUPPORT", refused.errnoName());
            assertEquals("Requested type not found", refused.text());
        }
    }

    @Test
    void spisAreAllocatedInRangeAndGivenBack() throws Exception {
        var min = new Spi(0xc0000000);
        var max = new Spi(0xcfffffff);
        InetAddress here = address("192.0.2.1");
        Spi spi = xfrm.allocSpi(address("192.0.2.2"), here, ESP, min, max).get();
        assertEquals(0xc, spi.value() >>> 28);
        var id = new XfrmStateId(here, spi, ESP);
        try (XfrmState larval = xfrm.getState(id).get()) {
            assertEquals(address("192.0.2.2"), larval.source());
            assertEquals(XfrmMode.TUNNEL, larval.mode());
            assertEquals(List.of(larval), xfrm.states().get());
        }
        assertEquals(1, xfrm.stateInfo().get().count());
        xfrm.deleteState(id).get();
        xfrm.flushStates(0).get();
        assertEquals(List.of(), xfrm.states().get());
    }

    @Test
    void thousandsOfRequestsAreInFlightAtOnceWithDumpsAmongThem() throws Exception {
        var changes = new ArrayList<CompletableFuture<Void>>();
        var dumps = new ArrayList<CompletableFuture<List<XfrmPolicy>>>();
        for (int i = 0; i < 2_000; i++) {
            changes.add(xfrm.addPolicy(tunnelPolicy(i, i)));
            if (i % 500 == 0) dumps.add(xfrm.policies());
        }
        CompletableFuture.allOf(changes.toArray(CompletableFuture<?>[]::new)).get();
        for (var dump : dumps) assertTrue(dump.get().size() <= 2_000);
        List<XfrmPolicy> all = xfrm.policies().get();
        assertEquals(2_000, all.size());
        assertEquals(2_000, all.stream().map(XfrmPolicy::priority).distinct().count());
        xfrm.flushPolicies().get();
    }

    @Test
    void policyEventsAreHeardInOrder() throws Exception {
        var heard = new LinkedBlockingQueue<XfrmEvent>();
        var groups = EnumSet.of(XfrmGroup.POLICY, XfrmGroup.SA, XfrmGroup.ACQUIRE);
        try (var _ = namespace.run(() -> EventSocket.xfrm(groups, new Recorder<>(heard)))) {
            XfrmPolicy policy = tunnelPolicy(1, 7);
            xfrm.addPolicy(policy).get();
            xfrm.updatePolicy(tunnelPolicy(1, 8)).get();
            xfrm.deletePolicy(policy.id()).get();
            xfrm.flushPolicies().get();
            xfrm.flushStates(0).get();
            assertEquals(7, next(heard, XfrmEvent.PolicyAdded.class).policy().priority());
            assertEquals(8, next(heard, XfrmEvent.PolicyUpdated.class).policy().priority());
            var deleted = next(heard, XfrmEvent.PolicyDeleted.class);
            assertEquals(policy.id().selector(), deleted.id().selector());
            assertEquals(policy.templates(), deleted.policy().orElseThrow().templates());
        }
    }

    @Test
    void aPacketOnATrapPolicyIsAnAcquire() throws Exception {
        namespace.shell(
                "ip link add d0 type veth peer d1; ip link set d0 up; ip addr add 10.9.0.1/24 dev d0");
        var id =
                new XfrmPolicyId(
                        XfrmSelector.between(
                                prefix("10.9.0.1", 32),
                                prefix("10.9.0.0", 24),
                                UDP,
                                XfrmPorts.ANY,
                                XfrmPorts.ANY),
                        XfrmDirection.OUT);
        var template =
                new XfrmTemplate(
                        address("10.9.0.1"),
                        address("10.9.0.77"),
                        Spi.NONE,
                        ESP,
                        XfrmMode.TUNNEL,
                        42,
                        false);
        xfrm.addPolicy(XfrmPolicy.of(id, 1, XfrmAction.ALLOW, List.of(template))).get();
        var heard = new LinkedBlockingQueue<XfrmEvent>();
        var groups = EnumSet.of(XfrmGroup.ACQUIRE);
        try (var _ = namespace.run(() -> EventSocket.xfrm(groups, new Recorder<>(heard)))) {
            namespace.run(
                    () -> {
                        try (var socket = new DatagramSocket()) {
                            var to = new InetSocketAddress("10.9.0.5", 77);
                            socket.send(new DatagramPacket(new byte[1], 1, to));
                        }
                        return null;
                    });
            var acquire = next(heard, XfrmEvent.Acquire.class);
            assertEquals(address("10.9.0.1"), acquire.source());
            assertEquals(address("10.9.0.77"), acquire.destination());
            assertEquals(ESP, acquire.protocol());
            assertEquals(42, acquire.policy().templates().getFirst().reqid());
            assertEquals(address("10.9.0.5"), acquire.packet().destination().address());
            assertEquals(XfrmPorts.exactly(77), acquire.packet().destinationPorts());
        }
    }

    @Test
    void hashThresholdsAreSet() throws Exception {
        var wanted = new HashThreshold(24, 16);
        xfrm.setHashThresholds(Optional.of(wanted), Optional.empty()).get();
        assertEquals(Optional.of(wanted), xfrm.policyInfo().get().ipv4Threshold());
    }

    @Test
    void aClosedLinkFailsWhatIsAskedOfIt() throws Exception {
        var waiting = new ArrayList<CompletableFuture<List<XfrmPolicy>>>();
        for (int i = 0; i < 100; i++) waiting.add(xfrm.policies());
        link.close();
        for (var future : waiting) {
            try {
                future.get(1, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                var failure = assertInstanceOf(KernelLinkFailure.class, e.getCause());
                assertEquals(KernelLinkFailure.Reason.CLOSED, failure.reason());
            }
        }
        var late = assertThrows(ExecutionException.class, () -> xfrm.policies().get());
        assertEquals("list policies: CLOSED", late.getCause().getMessage());
    }

    private static KernelError errorOf(CompletableFuture<?> future) {
        var failure = assertThrows(ExecutionException.class, future::get);
        return assertInstanceOf(KernelError.class, failure.getCause());
    }

    private static <E> E next(LinkedBlockingQueue<? super E> heard, Class<E> type)
            throws InterruptedException {
        return type.cast(heard.poll(10, TimeUnit.SECONDS));
    }

    private static XfrmAlgorithm aesGcm(String name) {
        return new XfrmAlgorithm.Aead(name, key(20), 128);
    }

    private static KeyMaterial key(int lengthBytes) {
        return KeyMaterial.owned(new byte[lengthBytes]);
    }

    private static XfrmPolicy tunnelPolicy(int number, int priority) throws Exception {
        IpPrefix source = prefix("10.1." + number / 256 + "." + number % 256, 32);
        var selector = XfrmSelector.between(source, prefix("10.2.0.0", 16));
        var template =
                new XfrmTemplate(
                        address("192.0.2.1"),
                        address("192.0.2.2"),
                        new Spi(0xc0ffee01),
                        ESP,
                        XfrmMode.TUNNEL,
                        1,
                        false);
        var id = new XfrmPolicyId(selector, XfrmDirection.OUT);
        return XfrmPolicy.of(id, priority, XfrmAction.ALLOW, List.of(template));
    }

    private static IpPrefix prefix(String text, int bits) throws Exception {
        return new IpPrefix(address(text), bits);
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }
}
