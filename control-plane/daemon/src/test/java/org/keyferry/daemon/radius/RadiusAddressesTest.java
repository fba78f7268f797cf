package org.keyferry.daemon.radius;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.daemon.radius.packet.VendorAttribute;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

class RadiusAddressesTest {
    private static final Bytes DNS = Bytes.ofHex("0a010035");
    private static final Bytes DNS6 = Bytes.ofHex("fd000001000000000000000000000053");

    private final RadiusAddresses addresses = new RadiusAddresses();

    private static RadiusAddresses.Grant granted(RadiusAttribute... attributes) {
        var packet =
                new RadiusPacket(
                        RadiusCode.ACCESS_ACCEPT,
                        1,
                        Bytes.wrapOwned(new byte[16]),
                        List.of(attributes));
        return new Acceptance(packet, RadiusBackendTest.conf(false, false, "")).grant();
    }

    private AddressAnswer ask(int ike, List<String> pools, String... wanted) {
        return addresses
                .assign(
                        new AddressRequest(
                                ike,
                                "rw",
                                Identification.parse("carol"),
                                new Endpoint(IpAddress.parse("192.0.2.2"), 4500),
                                pools,
                                List.of(wanted).stream().map(IpAddress::parse).toList()))
                .join();
    }

    private static RadiusAttribute address(int type, String address) {
        return RadiusAttribute.address(type, IpAddress.parse(address));
    }

    @Test
    void aPeerGetsWhatItsServerChose() {
        addresses.grant(
                3,
                granted(
                        address(RadiusType.FRAMED_IP_ADDRESS, "10.3.0.7"),
                        address(RadiusType.FRAMED_IPV6_ADDRESS, "fec3::7"),
                        new VendorAttribute(
                                        VendorAttribute.MICROSOFT,
                                        VendorAttribute.MS_PRIMARY_DNS,
                                        DNS)
                                .encode(),
                        RadiusAttribute.of(RadiusType.DNS_SERVER_IPV6_ADDRESS, DNS6)));
        AddressAnswer answer = ask(3, List.of("radius"), "::", "0.0.0.0");
        assertEquals(
                List.of(
                        Optional.of(IpAddress.parse("fec3::7")),
                        Optional.of(IpAddress.parse("10.3.0.7"))),
                answer.given());
        assertEquals(
                List.of(
                        new ConfigAttribute(ConfigAttribute.INTERNAL_IP6_DNS, DNS6),
                        new ConfigAttribute(ConfigAttribute.INTERNAL_IP4_DNS, DNS)),
                answer.attributes());
        assertEquals("", answer.shortage());
    }

    @Test
    void nobodyElseGetsIt() {
        addresses.grant(3, granted(address(RadiusType.FRAMED_IP_ADDRESS, "10.3.0.7")));
        assertEquals(
                "the RADIUS server gave no address",
                ask(4, List.of("radius"), "0.0.0.0").shortage());
        assertEquals(List.of(Optional.empty()), ask(3, List.of("others"), "0.0.0.0").given());
        AddressAnswer two = ask(3, List.of("radius"), "0.0.0.0", "0.0.0.0");
        assertEquals(
                List.of(Optional.of(IpAddress.parse("10.3.0.7")), Optional.empty()), two.given());
    }

    /// Once the IKE_SA is up, nothing is given any more.
    @Test
    void itIsForgottenWithTheLogin() {
        addresses.grant(3, granted(address(RadiusType.FRAMED_IP_ADDRESS, "10.3.0.7")));
        addresses.tell(new Event.IkeUp(TestViews.ike(3, "carol", "192.0.2.2", EapFacts.NONE)));
        assertEquals(List.of(Optional.empty()), ask(3, List.of("radius"), "0.0.0.0").given());
    }
}
