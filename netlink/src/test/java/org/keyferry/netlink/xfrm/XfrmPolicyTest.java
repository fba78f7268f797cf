package org.keyferry.netlink.xfrm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.Captured;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.StructReader;

class XfrmPolicyTest {
    @Test
    void aPolicyIsReadFromIproute2AndWrittenBack() throws Exception {
        XfrmPolicy policy = XfrmPolicy.decode(Captured.body("policy.request.1"));
        var selector =
                XfrmSelector.between(
                        new IpPrefix(address("10.1.0.0"), 16),
                        new IpPrefix(address("10.2.0.0"), 16),
                        17,
                        XfrmPorts.exactly(53),
                        XfrmPorts.ANY);
        var id =
                new XfrmPolicyId(
                        selector, XfrmDirection.OUT, 0x59, new XfrmMark(1, 3), 4, Optional.empty());
        assertEquals(id, policy.id());
        assertEquals(375_423, policy.priority());
        assertEquals(XfrmAction.ALLOW, policy.action());
        var any = address("0.0.0.0");
        assertEquals(
                List.of(
                        new XfrmTemplate(
                                address("192.0.2.1"),
                                address("192.0.2.2"),
                                Spi.NONE,
                                108,
                                XfrmMode.TUNNEL,
                                7,
                                false),
                        new XfrmTemplate(
                                any, any, new Spi(0xc0ffee01), 50, XfrmMode.TRANSPORT, 7, false)),
                policy.templates());
        assertEquals(
                Captured.parts("policy.request.1", XfrmPolicy.BYTES),
                Captured.parts(policy::encode, XfrmPolicy.BYTES));
        assertEquals("out 10.1.0.0/16 to 10.2.0.0/16 proto 17 mark 0x1/0x3 if_id 4", id.toString());
    }

    @Test
    void whatTheKernelTellsIsWrittenBackButForTheDefaultType() throws Exception {
        for (String name : List.of("policyget.answer.1", "policydump.answer.1", "mon.answer.5")) {
            XfrmPolicy policy = XfrmPolicy.decode(Captured.body(name));
            var told = Captured.parts(name, XfrmPolicy.BYTES);
            told.remove("attribute " + XfrmAttribute.POLICY_TYPE);
            assertEquals(told, Captured.parts(policy::encode, XfrmPolicy.BYTES), name);
        }
    }

    @Test
    void aPolicyIsNamedAsIproute2NamesIt() throws Exception {
        for (String name : List.of("policyget.request.1", "policydel.request.1")) {
            XfrmPolicyId id = XfrmPolicyId.decode(Captured.body(name));
            assertEquals(new XfrmMark(1, 3), id.mark());
            assertEquals(
                    Captured.parts(name, XfrmPolicyId.BYTES),
                    Captured.parts(id::encode, XfrmPolicyId.BYTES));
        }
    }

    @Test
    void theRestSurvivesARoundTrip() throws Exception {
        var selector =
                XfrmSelector.between(
                                IpPrefix.host(address("2001:db8::1")),
                                new IpPrefix(address("::"), 0),
                                6,
                                new XfrmPorts(0x500, 0xff00),
                                XfrmPorts.ANY)
                        .onInterface(3);
        var label = Optional.of(XfrmSecurityContext.selinux("x"));
        var id = new XfrmPolicyId(selector, XfrmDirection.FWD, 0, XfrmMark.NONE, 0, label);
        XfrmPolicy policy =
                XfrmPolicy.of(id, -1, XfrmAction.BLOCK, List.of())
                        .withFlags(Set.of(XfrmPolicyFlag.ICMP, XfrmPolicyFlag.CPU_ACQUIRE))
                        .withOffload(new XfrmOffload(2, XfrmOffload.PACKET));
        assertEquals(policy, XfrmPolicy.decode(new StructReader(Captured.encoded(policy::encode))));
        assertEquals("0x0500/0xff00", selector.sourcePorts().toString());
    }

    /// Value of `IP_XFRM_POLICY` for a socket that IKE passes through.
    @Test
    void theSocketOptionsValueIsTheFixedStruct() {
        var id = new XfrmPolicyId(XfrmSelector.EMPTY, XfrmDirection.IN);
        XfrmPolicy bypass = XfrmPolicy.of(id, 0, XfrmAction.ALLOW, List.of());
        assertEquals(XfrmPolicy.BYTES, Captured.encoded(bypass::encodeFixed).remaining());
        assertEquals(XfrmPolicy.BYTES, Captured.encoded(bypass::encode).remaining());
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }
}
