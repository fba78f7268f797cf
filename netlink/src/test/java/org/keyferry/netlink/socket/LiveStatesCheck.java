package org.keyferry.netlink.socket;

import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.route.Link;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.xfrm.KeyMaterial;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmGroup;
import org.keyferry.netlink.xfrm.XfrmLifetime;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmMigration;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmOffload;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmReplay;
import org.keyferry.netlink.xfrm.XfrmReplayEvent;
import org.keyferry.netlink.xfrm.XfrmSaDirection;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateBuilder;
import org.keyferry.netlink.xfrm.XfrmStateFlag;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.netlink.xfrm.XfrmStatistics;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.netlink.xfrm.XfrmUsage;

/// Puts states through a kernel that has ESP, which the one of the build often lacks: run it as
/// root in the lab's guest. Deletes all states and policies of its network namespace.
public final class LiveStatesCheck {
    private static final int ESP = 50;
    private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.2");
    private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("198.51.100.7");

    private final Xfrm xfrm;
    private final Routes routes;
    private final LinkedBlockingQueue<XfrmEvent> events = new LinkedBlockingQueue<>();

    private LiveStatesCheck(Xfrm xfrm, Routes routes) {
        this.xfrm = xfrm;
        this.routes = routes;
    }

    public static void main(String[] args) throws Exception {
        try (var link = NetlinkLink.open(Xfrm.NETLINK_PROTOCOL);
                var routeLink = NetlinkLink.open(Routes.NETLINK_PROTOCOL)) {
            var check = new LiveStatesCheck(new Xfrm(link), new Routes(routeLink));
            try (var _ =
                    EventSocket.xfrm(
                            EnumSet.of(XfrmGroup.EXPIRE, XfrmGroup.MIGRATE),
                            new Recorder<>(check.events))) {
                check.run();
                if (args.length == 1) check.offloadIsListedWithItsDevice(args[0]);
            }
        }
        System.out.println("live states: all well");
    }

    private void run() throws Exception {
        clear();
        anSpiBecomesAState();
        extendedSequenceNumbersAreKept();
        replayStateIsReadAndSet();
        aStateMovesWithItsCounters();
        migrationMovesPolicyAndState();
        limitsAreTold();
        offloadToADeviceThatCannotIsRefusedOrLeftOut();
        xfrmInterfacesAreMade();
        clear();
    }

    private void clear() {
        xfrm.flushStates(0).join();
        xfrm.flushPolicies().join();
    }

    private void anSpiBecomesAState() {
        Spi spi = xfrm.allocSpi(THERE, HERE, ESP, new Spi(0xc0000000), new Spi(0xcfffffff)).join();
        var id = new XfrmStateId(HERE, spi, ESP);
        XfrmState inbound =
                gcm(id, THERE)
                        .direction(XfrmSaDirection.IN)
                        .replayWindowPackets(32)
                        .encap(XfrmEncap.udp(4500, 4500))
                        .setMark(new XfrmMark(5, 0xff))
                        .ifId(9)
                        .lifetime(XfrmLifetime.ofSeconds(3_000, 3_600))
                        .build();
        xfrm.updateState(inbound).join();
        try (XfrmState found = xfrm.getState(id).join()) {
            equal(inbound.algorithms(), found.algorithms());
            equal(inbound.options().encap(), found.options().encap());
            equal(inbound.options().setMark(), found.options().setMark());
            equal(inbound.options().direction(), found.options().direction());
            equal(inbound.lifetime(), found.lifetime());
            equal(inbound.reqid(), found.reqid());
            equal(9, found.options().ifId());
        }
        equal(List.of(id), xfrm.states().join().stream().map(XfrmState::id).toList());
        equal("EEXIST", refusal(xfrm.addState(inbound)).errnoName());
        xfrm.deleteState(id, THERE).join();
        equal("ESRCH", refusal(xfrm.updateState(inbound)).errnoName());
        done("an SPI becomes a state");
    }

    private void extendedSequenceNumbersAreKept() {
        var id = new XfrmStateId(HERE, new Spi(0x1001), ESP, new XfrmMark(1, 0xf));
        XfrmState state =
                gcm(id, THERE)
                        .flag(XfrmStateFlag.ESN)
                        .flag(XfrmStateFlag.DONT_ENCAP_DSCP)
                        .replay(XfrmReplay.Extended.window(100))
                        .build();
        xfrm.addState(state).join();
        try (XfrmState found = xfrm.getState(id).join()) {
            equal(state.options().replay(), found.options().replay());
            equal(state.flags(), found.flags());
            equal(id, found.id());
        }
        clear();
        done("extended sequence numbers are kept");
    }

    private void replayStateIsReadAndSet() {
        var id = new XfrmStateId(THERE, new Spi(0x1002), ESP);
        xfrm.addState(gcm(id, HERE).replayWindowPackets(32).build()).join();
        XfrmReplayEvent now = xfrm.getReplay(id, HERE).join();
        equal(Optional.of(new XfrmReplay.Small(0, 0, 0)), now.replay());
        var wanted = new XfrmReplay.Small(77, 5, 3);
        var usage = new XfrmUsage(1_000, 10, now.usage().orElseThrow().addedAtSeconds(), 0);
        xfrm.setReplay(
                        new XfrmReplayEvent(
                                id,
                                HERE,
                                now.flags(),
                                now.reqid(),
                                Optional.of(wanted),
                                Optional.of(usage),
                                now.timerThresholdTenths(),
                                now.sequenceThreshold()))
                .join();
        XfrmReplayEvent then = xfrm.getReplay(id, HERE).join();
        equal(Optional.of(wanted), then.replay());
        equal(1_000L, then.usage().orElseThrow().bytes());
        done("replay state is read and set");
    }

    private void aStateMovesWithItsCounters() {
        var id = new XfrmStateId(THERE, new Spi(0x1002), ESP);
        var newId = new XfrmStateId(ELSEWHERE, id.spi(), ESP);
        XfrmReplayEvent replay = xfrm.getReplay(id, HERE).join();
        try (XfrmState old = xfrm.getState(id).join()) {
            XfrmState moved =
                    old.toBuilder()
                            .addresses(HERE, ELSEWHERE)
                            .replay(replay.replay().orElseThrow())
                            .usage(replay.usage().orElseThrow())
                            .encap(XfrmEncap.udp(4500, 4501))
                            .build();
            xfrm.deleteState(id, HERE).join();
            xfrm.addState(moved).join();
            try (XfrmState found = xfrm.getState(newId).join()) {
                equal(old.algorithms(), found.algorithms());
                equal(replay.replay(), found.options().replay());
                equal(1_000L, found.usage().bytes());
                equal(Optional.of(XfrmEncap.udp(4500, 4501)), found.options().encap());
            }
        }
        clear();
        done("a state moves with its counters");
    }

    private void migrationMovesPolicyAndState() throws Exception {
        var id = new XfrmStateId(THERE, new Spi(0x1003), ESP);
        xfrm.addState(gcm(id, HERE).build()).join();
        var selector =
                XfrmSelector.between(
                        new IpPrefix(InetAddress.ofLiteral("10.1.0.0"), 16),
                        new IpPrefix(InetAddress.ofLiteral("10.2.0.0"), 16));
        var policyId = new XfrmPolicyId(selector, XfrmDirection.OUT);
        var template = new XfrmTemplate(HERE, THERE, Spi.NONE, ESP, XfrmMode.TUNNEL, 7, false);
        xfrm.addPolicy(XfrmPolicy.of(policyId, 1, XfrmAction.ALLOW, List.of(template))).join();
        var move = new XfrmMigration.Move(HERE, THERE, HERE, ELSEWHERE, ESP, XfrmMode.TUNNEL, 7);
        var migration =
                new XfrmMigration(
                        policyId,
                        List.of(move),
                        Optional.of(new XfrmMigration.DaemonAddresses(HERE, ELSEWHERE)),
                        Optional.empty());
        xfrm.migrate(migration).join();
        equal(ELSEWHERE, xfrm.getPolicy(policyId).join().templates().getFirst().destination());
        equal(ELSEWHERE, xfrm.states().join().getFirst().id().destination());
        var told = (XfrmEvent.Migrated) events.poll(5, TimeUnit.SECONDS);
        equal(List.of(move), told.migration().moves());
        clear();
        done("migration moves policy and state");
    }

    private void limitsAreTold() throws Exception {
        var id = new XfrmStateId(THERE, new Spi(0x1004), ESP);
        xfrm.addState(gcm(id, HERE).lifetime(XfrmLifetime.ofSeconds(1, 2)).build()).join();
        var soft = (XfrmEvent.StateExpired) events.poll(10, TimeUnit.SECONDS);
        var hard = (XfrmEvent.StateExpired) events.poll(10, TimeUnit.SECONDS);
        equal(List.of(false, true), List.of(soft.hard(), hard.hard()));
        equal(id, hard.state().id());
        equal(List.of(), xfrm.states().join());
        done("limits are told");
    }

    /// The loopback device cannot do it: for packets the kernel refuses, for the cryptography alone
    /// it takes the state without a device and says nothing.
    private void offloadToADeviceThatCannotIsRefusedOrLeftOut() {
        int loopback = routes.link("lo").join().index();
        var id = new XfrmStateId(HERE, new Spi(0x1005), ESP);
        var packet = new XfrmOffload(loopback, XfrmOffload.PACKET);
        equal("EINVAL", refusal(xfrm.addState(gcm(id, THERE).offload(packet).build())).errnoName());
        var unknown = new XfrmOffload(loopback, 0x40);
        equal(
                "Unrecognized flags in offload request",
                refusal(xfrm.addState(gcm(id, THERE).offload(unknown).build())).text());
        var crypto = new XfrmOffload(loopback, XfrmOffload.INBOUND);
        xfrm.addState(gcm(id, THERE).offload(crypto).build()).join();
        equal(Optional.empty(), xfrm.states().join().getFirst().options().offload());
        clear();
        done("offload to a device that cannot is refused or left out");
    }

    private void offloadIsListedWithItsDevice(String device) {
        var offload = new XfrmOffload(routes.link(device).join().index(), XfrmOffload.INBOUND);
        var id = new XfrmStateId(HERE, new Spi(0x1006), ESP);
        xfrm.addState(gcm(id, THERE).offload(offload).build()).join();
        equal(Optional.of(offload), xfrm.states().join().getFirst().options().offload());
        clear();
        done("offload is listed with its device");
    }

    private void xfrmInterfacesAreMade() throws Exception {
        routes.addXfrmInterface("xfrm7", routes.link("lo").join().index(), 0x77).join();
        Link made = routes.link("xfrm7").join();
        equal(Optional.of("xfrm"), made.kind());
        equal(0x77, made.xfrmIfId().orElseThrow());
        routes.deleteLink(made.index()).join();
        equal(true, XfrmStatistics.read().counters().containsKey("XfrmInNoStates"));
        done("XFRM interfaces are made");
    }

    private static XfrmStateBuilder gcm(XfrmStateId id, InetAddress source) {
        byte[] key = new byte[20];
        for (int i = 0; i < key.length; i++) key[i] = (byte) i;
        return XfrmState.builder(id, source, XfrmMode.TUNNEL)
                .reqid(7)
                .flag(XfrmStateFlag.AF_UNSPEC)
                .algorithm(
                        new XfrmAlgorithm.Aead("rfc4106(gcm(aes))", KeyMaterial.owned(key), 128));
    }

    private static KernelError refusal(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof KernelError refused) return refused;
            throw e;
        }
        throw new AssertionError("was not refused");
    }

    private static void equal(Object wanted, Object found) {
        if (!wanted.equals(found))
            throw new AssertionError("wanted " + wanted + " but found " + found);
    }

    private static void done(String what) {
        System.out.println("ok: " + what);
    }
}
