package org.keyferry.daemon.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Ids;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeTasks;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.Login;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.settings.ConnectionDefaults;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Element;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;

/// The keys of an SA, their order and their form, as VICI's description gives them.
class SaMessagesTest {
    private static final Instant UP = Instant.parse("2026-11-03T12:00:00Z");
    private static final Instant NOW = UP.plusSeconds(90);
    private static final Transform AES_CBC_256 = new Transform(1, 12, 256);
    private static final Transform SHA256_128 = new Transform(3, 12, 0);
    private static final Transform AES_GCM_16 = new Transform(1, 20, 128);

    private static final String CONF =
            """
            connections { gw {
              remote_addrs = 192.0.2.2
              if_id_in = 0x2a
              local { auth = psk }
              remote { auth = psk }
              children { net { mark_in = 0x10/0xff
                mark_out = 7 } }
            } }
            """;

    private static Connection connection() throws Exception {
        var tree =
                SettingsParser.parse(
                        Path.of("test"), CONF.getBytes(StandardCharsets.UTF_8), FileSource.DISK);
        return SwanctlConf.read(tree, ConnectionDefaults.supporting(_ -> true))
                .connections()
                .getFirst();
    }

    private static ChildView child(String state, Transform encr, Transform integ) throws Exception {
        return new ChildView(
                new ChildInstallation(
                        "gw",
                        3,
                        8,
                        connection().child("net").orElseThrow(),
                        ChildMode.TUNNEL,
                        ProtocolId.ESP,
                        Optional.empty(),
                        true,
                        ChildTags.resolve(
                                new InterfaceIds(42, 0),
                                connection().child("net").orElseThrow(),
                                new Ids()),
                        5,
                        new ChildSpi(0xc0ffee01),
                        new ChildSpi(0xcafe0002),
                        endpoint("192.0.2.1"),
                        endpoint("192.0.2.2"),
                        true,
                        encr,
                        integ,
                        true,
                        List.of(TrafficSelector.parse("10.1.0.0/16[tcp/80]")),
                        List.of(
                                TrafficSelector.parse("10.2.0.0/16"),
                                TrafficSelector.parse("10.3.0.1-10.3.0.9")),
                        3_500,
                        3_960,
                        false,
                        0,
                        integ == null
                                ? List.of()
                                : List.of(new Transform(4, 31, 0), new Transform(6, 36, 0))),
                state,
                UP);
    }

    private static Endpoint endpoint(String address) {
        return new Endpoint(IpAddress.parse(address), 4500);
    }

    private static IkeView ike(String state, List<ChildView> children) throws Exception {
        return new IkeView(
                3,
                connection(),
                state,
                endpoint("192.0.2.1"),
                Identification.parse("moon.example.org"),
                endpoint("192.0.2.2"),
                Identification.parse("sun.example.org"),
                true,
                new IkeSpi(0x1122334455667788L),
                new IkeSpi(0x00aabbccddeeff00L),
                true,
                false,
                false,
                new InterfaceIds(42, 0),
                new Proposal(
                        1,
                        1,
                        org.keyferry.wire.Bytes.EMPTY,
                        List.of(
                                AES_CBC_256,
                                SHA256_128,
                                new Transform(2, 5, 0),
                                new Transform(4, 31, 0))),
                false,
                UP,
                NOW.plusSeconds(700),
                NOW.minusSeconds(2),
                VirtualIps.NONE,
                children,
                new IkeTasks(
                        List.of("CHILD_REKEY", "IKE_DPD"),
                        List.of("IKE_DPD"),
                        List.of("CHILD_CREATE")),
                Login.NONE);
    }

    private static List<String> names(ViciMessage message) {
        return message.elements().stream().map(Element::name).toList();
    }

    private static ViciMessage whole(IkeView ike, Map<StateKey, Counters> counters) {
        return SaMessages.whole(ike, ike.children(), counters, NOW, NOW);
    }

    @Test
    void anEstablishedIkeSaHasItsKeysInOrder() throws Exception {
        ViciMessage sa = whole(ike("ESTABLISHED", List.of()), Map.of());
        assertEquals(
                List.of(
                        "uniqueid",
                        "version",
                        "state",
                        "local-host",
                        "local-port",
                        "local-id",
                        "remote-host",
                        "remote-port",
                        "remote-id",
                        "initiator",
                        "initiator-spi",
                        "responder-spi",
                        "nat-local",
                        "nat-any",
                        "if-id-in",
                        "encr-alg",
                        "encr-keysize",
                        "integ-alg",
                        "prf-alg",
                        "dh-group",
                        "established",
                        "rekey-time",
                        "reauth-time",
                        "tasks-queued",
                        "tasks-active",
                        "tasks-passive",
                        "child-sas"),
                names(sa));
        assertEquals("3", sa.getString("uniqueid", ""));
        assertEquals("2", sa.getString("version", ""));
        assertEquals("moon.example.org", sa.getString("local-id", ""));
        assertEquals("4500", sa.getString("remote-port", ""));
        assertEquals("1122334455667788", sa.getString("initiator-spi", ""));
        assertEquals("00aabbccddeeff00", sa.getString("responder-spi", ""));
        assertEquals("0000002a", sa.getString("if-id-in", ""));
        assertEquals("AES_CBC", sa.getString("encr-alg", ""));
        assertEquals("256", sa.getString("encr-keysize", ""));
        assertEquals("HMAC_SHA2_256_128", sa.getString("integ-alg", ""));
        assertEquals("PRF_HMAC_SHA2_256", sa.getString("prf-alg", ""));
        assertEquals("CURVE_25519", sa.getString("dh-group", ""));
        assertEquals("90", sa.getString("established", ""));
        assertEquals("700", sa.getString("rekey-time", ""));
        assertEquals("-2", sa.getString("reauth-time", ""));
        assertEquals(List.of("CHILD_REKEY", "IKE_DPD"), sa.getStrings("tasks-queued"));
        assertEquals(List.of("IKE_DPD"), sa.getStrings("tasks-active"));
        assertEquals(List.of("CHILD_CREATE"), sa.getStrings("tasks-passive"));
    }

    @Test
    void beforeItIsEstablishedThereAreNoTimes() throws Exception {
        ViciMessage sa = whole(ike("CONNECTING", List.of()), Map.of());
        for (String key : List.of("established", "rekey-time", "reauth-time")) {
            assertEquals(Optional.empty(), sa.getString(key), key);
        }
    }

    @Test
    void anInstalledChildHasItsKeysInOrder() throws Exception {
        var child = child("INSTALLED", AES_CBC_256, SHA256_128);
        var counters =
                Map.of(
                        StateKey.inbound(child.installation()),
                        new Counters(1_500, 12, Optional.of(NOW.minusSeconds(4))),
                        StateKey.outbound(child.installation()),
                        new Counters(300, 2, Optional.empty()));
        ViciMessage sa =
                whole(ike("ESTABLISHED", List.of(child)), counters)
                        .section("child-sas")
                        .orElseThrow()
                        .section("net-8")
                        .orElseThrow();
        assertEquals(
                """
                name=net uniqueid=8 reqid=5 state=INSTALLED mode=TUNNEL protocol=ESP encap=yes \
                spi-in=c0ffee01 spi-out=cafe0002 \
                mark-in=00000010 mark-mask-in=000000ff mark-out=00000007 if-id-in=0000002a \
                encr-alg=AES_CBC encr-keysize=256 integ-alg=HMAC_SHA2_256_128 dh-group=CURVE_25519 ake1=ML_KEM_768 esn=1 \
                bytes-in=1500 packets-in=12 use-in=4 bytes-out=300 packets-out=2 \
                rekey-time=3410 life-time=3870 install-time=90 \
                local-ts=[10.1.0.0/16[tcp/http]] \
                remote-ts=[10.2.0.0/16 10.3.0.1..10.3.0.9]\
                """,
                flat(sa));
    }

    @Test
    void aCombinedModeCipherHasNoIntegrityAlgorithm() throws Exception {
        String sa = flat(onlyChild(child("INSTALLED", AES_GCM_16, null)));
        assertEquals(true, sa.contains("encr-alg=AES_GCM_16 encr-keysize=128 esn=1"), sa);
        assertEquals(true, sa.contains("bytes-in=0 packets-in=0 bytes-out=0 packets-out=0"), sa);
    }

    @Test
    void aChildWithoutStatesHasNoneOfTheirKeys() throws Exception {
        assertEquals(
                List.of("name", "uniqueid", "reqid", "state", "mode", "local-ts", "remote-ts"),
                names(onlyChild(child("INSTALLING", AES_GCM_16, null))));
    }

    @Test
    void eventsAboutTheIkeSaHaveNoChildren() throws Exception {
        var event = SaMessages.ofEvent(ike("ESTABLISHED", List.of()), List.of(), NOW);
        assertEquals("tasks-passive", names(event).getLast());
    }

    private static ViciMessage onlyChild(ChildView child) throws Exception {
        return whole(ike("ESTABLISHED", List.of(child)), Map.of())
                .section("child-sas")
                .orElseThrow()
                .sections()
                .getFirst()
                .body();
    }

    private static String flat(ViciMessage message) {
        var out = new StringBuilder();
        for (Element element : message.elements()) {
            out.append(out.isEmpty() ? "" : " ").append(element.name()).append('=');
            switch (element) {
                case ViciMessage.KeyValue(_, var value) -> out.append(value.text());
                case ViciMessage.ItemList list ->
                        out.append('[')
                                .append(
                                        String.join(
                                                " ",
                                                list.items().stream()
                                                        .map(item -> item.text())
                                                        .toList()))
                                .append(']');
                case ViciMessage.Section(_, var body) -> out.append(flat(body));
            }
        }
        return out.toString();
    }
}
