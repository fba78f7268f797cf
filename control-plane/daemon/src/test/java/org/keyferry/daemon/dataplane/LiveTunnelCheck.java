package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.nativeshim.Libc;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Sends pings through CHILD_SAs between two namespaces of a kernel that has ESP, once per
/// algorithm and kind of tunnel. To be run as root in the lab's guest; ends with status 0 only if
/// every ping was answered through ESP and nothing was left in the kernel.
public final class LiveTunnelCheck {
    private static final int PINGS = 3;
    private static final String THROUGH_ESP = PINGS + " packets, used";
    private static final int PORT_NAT_T = 4_500;
    private static final String LEFT = "192.0.2.1";
    private static final String RIGHT = "192.0.2.2";

    private final Side left;
    private final Side right;
    private int failures;

    private LiveTunnelCheck(Side left, Side right) {
        this.left = left;
        this.right = right;
    }

    /// One host.
    private record Side(
            TestNamespace namespace, XfrmDataplane dataplane, LinkedBlockingQueue<String> expired) {
        static Side open(TestNamespace namespace) throws IOException {
            XfrmDataplane dataplane =
                    namespace.run(() -> XfrmDataplane.open(TestDataplane.WITH_ROUTES));
            var expired = new LinkedBlockingQueue<String>();
            dataplane.onExpired(
                    (state, hard) -> expired.add(state.spi() + (hard ? " hard" : " soft")));
            return new Side(namespace, dataplane, expired);
        }

        String leftovers() throws Exception {
            return namespace.shell(
                    "ip xfrm state; ip xfrm policy; ip route show table 220 2>/dev/null;"
                            + " ip -6 route show table 220 2>/dev/null || :");
        }
    }

    public static void main(String[] args) throws Exception {
        try (TestNamespace left = TestNamespace.create();
                TestNamespace right = TestNamespace.create()) {
            left.shell(
                    """
                    ip link add wan type veth peer name wan netns %d
                    ip link set wan up
                    ip address add 192.0.2.1/24 dev wan
                    ip -6 address add 2001:db8::1/64 dev wan nodad
                    ip address add 10.1.0.1/32 dev lo
                    ip -6 address add fd01::1/128 dev lo nodad
                    ip route add default via 192.0.2.2
                    ip -6 route add default via 2001:db8::2
                    """
                            .formatted(right.pid()));
            right.shell(
                    """
                    ip link set wan up
                    ip address add 192.0.2.2/24 dev wan
                    ip -6 address add 2001:db8::2/64 dev wan nodad
                    ip address add 10.2.0.1/32 dev lo
                    ip -6 address add fd02::1/128 dev lo nodad
                    ip route add default via 192.0.2.1
                    ip -6 route add default via 2001:db8::1
                    """);
            var check = new LiveTunnelCheck(Side.open(left), Side.open(right));
            check.everything();
            System.out.println(check.failures == 0 ? "ALL WELL" : check.failures + " FAILED");
            System.exit(check.failures == 0 ? 0 : 1);
        }
    }

    private void everything() throws Exception {
        for (Suite suite : Suite.ALL) {
            ping(suite.toString(), suite, new Tunnel());
        }
        Suite gcm = Suite.ALL.getFirst();
        kindsOfTunnel(gcm);
        udpEncapsulation(gcm);
        expiry(gcm);
        left.dataplane.close();
        right.dataplane.close();
        expect("rules are gone", "", left.namespace.shell("ip rule | grep 220 || :"));
    }

    private void kindsOfTunnel(Suite suite) throws Exception {
        var esn = new Tunnel();
        esn.esn = true;
        ping("ESN", suite, esn);
        var window = new Tunnel();
        window.replayWindow = 512;
        ping("window of 512 packets", suite, window);
        var transport = new Tunnel();
        transport.mode = ChildMode.TRANSPORT;
        transport.leftTs = LEFT + "/32";
        transport.rightTs = RIGHT + "/32";
        transport.target = RIGHT;
        ping("transport mode", suite, transport);
        ping("IPv6 in IPv6", suite, new Tunnel().outerV6().innerV6());
        ping("IPv6 in IPv4", suite, new Tunnel().innerV6());
        ping("IPv4 in IPv6", suite, new Tunnel().outerV6());
        var port = new Tunnel();
        port.leftTs = "10.1.0.1/32[icmp]";
        port.rightTs = "10.2.0.1/32[icmp]";
        port.source = "10.1.0.1";
        ping("ICMP only", suite, port);
        var beet = new Tunnel();
        beet.mode = ChildMode.BEET;
        beet.leftTs = "10.1.0.1/32";
        beet.rightTs = "10.2.0.1/32";
        beet.source = "10.1.0.1";
        ping("BEET", suite, beet);
        var padded = new Tunnel();
        padded.paddingBytes = 500;
        ping("padding to 500 bytes", suite, padded);
        compression(suite, transport);
        authentication();
    }

    private void compression(Suite suite, Tunnel transport) throws Exception {
        var compressed = new Tunnel();
        compressed.ipcomp = true;
        ping("IPComp", suite, compressed);
        ping("IPComp, IPv6 in IPv4", suite, new Tunnel().compressed().innerV6());
        ping("IPComp, IPv6 in IPv6", suite, new Tunnel().compressed().outerV6().innerV6());
        transport.ipcomp = true;
        ping("IPComp in transport mode", suite, transport);
        transport.ipcomp = false;
    }

    private void authentication() throws Exception {
        for (Suite suite : Suite.AH) {
            var ah = new Tunnel();
            ah.protocolId = ProtocolId.AH;
            ping("AH " + suite, suite, ah);
        }
        Suite sha256 = Suite.AH.getFirst();
        var esn = new Tunnel();
        esn.protocolId = ProtocolId.AH;
        esn.esn = true;
        ping("AH with ESN", sha256, esn);
        ping("AH over IPv6", sha256, esn.outerV6().innerV6());
        var both = new Tunnel().compressed();
        both.protocolId = ProtocolId.AH;
        ping("AH with IPComp", sha256, both);
    }

    private void udpEncapsulation(Suite suite) throws Exception {
        int leftSocket = encapSocket(left);
        int rightSocket = encapSocket(right);
        var encap = new Tunnel();
        encap.encap = true;
        ping("UDP encapsulation", suite, encap);
        Libc.close(leftSocket);
        Libc.close(rightSocket);
    }

    private static int encapSocket(Side side) throws IOException {
        return side.namespace.run(
                () -> {
                    int fd = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM, 0);
                    byte[] any = new byte[16];
                    ByteBuffer.wrap(any)
                            .order(ByteOrder.nativeOrder())
                            .putShort((short) Libc.AF_INET)
                            .order(ByteOrder.BIG_ENDIAN)
                            .putShort((short) PORT_NAT_T);
                    Libc.bind(fd, any);
                    side.dataplane.prepareSocket(fd, false, true, 4500);
                    return fd;
                });
    }

    private void expiry(Suite suite) throws Exception {
        var brief = new Tunnel();
        brief.softSeconds = 1;
        brief.hardSeconds = 2;
        TestChild here = brief.at(true, suite);
        expect("install", new KernelAnswer.Done(), install(left, here, suite, true));
        expect("soft limit", "c0000001 soft", left.expired.poll(10, TimeUnit.SECONDS));
        var hard = new ArrayList<String>();
        hard.add(left.expired.poll(10, TimeUnit.SECONDS));
        hard.add(left.expired.poll(10, TimeUnit.SECONDS));
        hard.sort(null);
        expect("hard limits", List.of("c0000001 hard", "d0000001 hard"), hard);
        expect("remove what expired", new KernelAnswer.Done(), remove(left, here));
        expect("expiry leaves", "", left.leftovers());
    }

    private void ping(String name, Suite suite, Tunnel tunnel) throws Exception {
        TestChild here = tunnel.at(true, suite);
        TestChild there = tunnel.at(false, suite);
        KernelAnswer hereAnswer = install(left, here, suite, true);
        KernelAnswer thereAnswer = install(right, there, suite, false);
        if (!(hereAnswer instanceof KernelAnswer.Done)) {
            System.out.println("REFUSED " + name + ": " + hereAnswer);
            failures++;
        } else {
            String source = tunnel.source.isEmpty() ? "" : "-I " + tunnel.source;
            String output =
                    left.namespace.shell(
                            "ping -n -c %d -i 0.2 -W 3 %s %s || :"
                                    .formatted(PINGS, source, tunnel.target));
            boolean answered = output.contains(PINGS + " received");
            expect(name + (answered ? "" : "\n" + output), true, answered);
            expect(
                    name + " through ESP, out",
                    THROUGH_ESP,
                    counted(left, StateKey.outbound(here.build())));
            expect(
                    name + " through ESP, in",
                    THROUGH_ESP,
                    counted(left, StateKey.inbound(here.build())));
        }
        expect(name + " there", new KernelAnswer.Done(), thereAnswer);
        expect(name + " removed here", new KernelAnswer.Done(), remove(left, here));
        expect(name + " removed there", new KernelAnswer.Done(), remove(right, there));
        expect(name + " leaves here", "", withoutSockets(left.leftovers()));
        expect(name + " leaves there", "", withoutSockets(right.leftovers()));
    }

    /// Socket policies belong to sockets.
    private static String withoutSockets(String leftovers) {
        var kept = new ArrayList<String>();
        for (String object : leftovers.split("(?m)^(?=\\S)", -1)) {
            if (!object.contains("socket ")) {
                kept.add(object);
            }
        }
        return String.join("", kept);
    }

    /// `3 packets, used`.
    private static String counted(Side side, StateKey key) {
        Counters counters = side.dataplane.counters().get(key);
        if (counters == null) {
            return "no state " + key + " among " + side.dataplane.counters().keySet();
        }
        return counters.packets() + " packets" + (counters.lastUsed().isEmpty() ? "" : ", used");
    }

    private static KernelAnswer install(Side side, TestChild child, Suite suite, boolean isLeft)
            throws IOException {
        var op = new KernelOp.InstallChild(child.build(), suite.keys(isLeft));
        return side.dataplane.perform(op).join();
    }

    private static KernelAnswer remove(Side side, TestChild child) {
        return side.dataplane.perform(new KernelOp.RemoveChild(child.build())).join();
    }

    private void expect(String what, Object wanted, Object found) {
        if (wanted.equals(found)) {
            System.out.println("ok " + what);
        } else {
            failures++;
            System.out.println("FAILED " + what + ": wanted " + wanted + ", found " + found);
        }
    }

    /// What the tunnel looks like.
    private static final class Tunnel {
        private String outerLeft = LEFT;
        private String outerRight = RIGHT;
        private String leftTs = "10.1.0.0/16";
        private String rightTs = "10.2.0.0/16";
        private String target = "10.2.0.1";
        private String source = "";
        private boolean esn;
        private boolean encap;
        private ChildMode mode = ChildMode.TUNNEL;
        private int protocolId = ProtocolId.ESP;
        private boolean ipcomp;
        private int paddingBytes;
        private int replayWindow = 32;
        private long softSeconds = 3_000;
        private long hardSeconds = 3_960;

        private Tunnel outerV6() {
            outerLeft = "2001:db8::1";
            outerRight = "2001:db8::2";
            return this;
        }

        private Tunnel compressed() {
            ipcomp = true;
            return this;
        }

        private Tunnel innerV6() {
            leftTs = "fd01::/64";
            rightTs = "fd02::/64";
            target = "fd02::1";
            return this;
        }

        private TestChild at(boolean isLeft, Suite suite) {
            var child = new TestChild();
            child.local = isLeft ? outerLeft : outerRight;
            child.remote = isLeft ? outerRight : outerLeft;
            child.localTs = List.of(isLeft ? leftTs : rightTs);
            child.remoteTs = List.of(isLeft ? rightTs : leftTs);
            child.spiIn = isLeft ? 0xc000_0001 : 0xd000_0001;
            child.spiOut = isLeft ? 0xd000_0001 : 0xc000_0001;
            child.encr = suite.encr;
            child.integ = suite.integ;
            child.esn = esn;
            child.encap = encap;
            child.port = PORT_NAT_T;
            child.remotePort = PORT_NAT_T;
            child.mode = mode;
            child.protocolId = protocolId;
            if (ipcomp) {
                child.ipcomp =
                        Optional.of(
                                isLeft ? new Ipcomp(0x1111, 0x2222) : new Ipcomp(0x2222, 0x1111));
            }
            child.kernel.tfcPaddingBytes(paddingBytes);
            child.kernel.replayWindow(replayWindow);
            child.softSeconds = softSeconds;
            child.hardSeconds = hardSeconds;
            child.lifetime = TestLifetimes.ofBytes(0, 0);
            return child;
        }
    }

    /// Transforms and the lengths of their keys, salt included.
    private record Suite(Transform encr, int encrBytes, Transform integ, int integBytes) {
        private static final List<Suite> ALL =
                List.of(
                        aead(20, 128, 20),
                        aead(20, 256, 36),
                        aead(19, 128, 20),
                        aead(18, 128, 20),
                        aead(16, 128, 19),
                        aead(14, 256, 35),
                        aead(28, 0, 36),
                        aead(21, 128, 20),
                        with(12, 128, 16, 12, 32),
                        with(12, 256, 32, 12, 32),
                        with(12, 128, 16, 2, 20),
                        with(12, 128, 16, 7, 20),
                        with(12, 128, 16, 13, 48),
                        with(12, 128, 16, 14, 64),
                        with(12, 128, 16, 1026, 32),
                        with(12, 128, 16, 5, 16),
                        with(12, 128, 16, 8, 16),
                        with(13, 128, 20, 12, 32),
                        with(3, 0, 24, 12, 32),
                        with(23, 128, 16, 12, 32),
                        with(11, 0, 0, 12, 32));

        private static final List<Suite> AH =
                List.of(
                        new Suite(null, 0, Transform.of(TransformType.INTEG, 12), 32),
                        new Suite(null, 0, Transform.of(TransformType.INTEG, 2), 20),
                        new Suite(null, 0, Transform.of(TransformType.INTEG, 13), 48),
                        new Suite(null, 0, Transform.of(TransformType.INTEG, 14), 64),
                        new Suite(null, 0, Transform.of(TransformType.INTEG, 5), 16));

        private static Suite aead(int id, int keyBits, int keyBytes) {
            return new Suite(new Transform(TransformType.ENCR, id, keyBits), keyBytes, null, 0);
        }

        private static Suite with(int id, int keyBits, int keyBytes, int integId, int integBytes) {
            return new Suite(
                    new Transform(TransformType.ENCR, id, keyBits),
                    keyBytes,
                    Transform.of(TransformType.INTEG, integId),
                    integBytes);
        }

        /// Fixed ones; what one side sends with, the other receives with.
        private DirectionKeys keys(boolean isLeft) {
            int in = isLeft ? 1 : 101;
            int out = isLeft ? 101 : 1;
            return new DirectionKeys(
                    key(encrBytes, in),
                    integ == null ? null : key(integBytes, in + 50),
                    key(encrBytes, out),
                    integ == null ? null : key(integBytes, out + 50));
        }

        private static Secret key(int lengthBytes, int first) {
            byte[] key = new byte[lengthBytes];
            for (int i = 0; i < lengthBytes; i++) {
                key[i] = (byte) (first + i);
            }
            return Secret.owned(key);
        }

        @Override
        public String toString() {
            return Stream.of(encr, integ)
                    .filter(Objects::nonNull)
                    .map(Transform::toString)
                    .collect(Collectors.joining(" "));
        }
    }
}
