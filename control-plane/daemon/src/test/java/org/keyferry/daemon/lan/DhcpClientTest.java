package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Lease;
import org.keyferry.settings.LanConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

class DhcpClientTest {
    private static final IpAddress SERVER = IpAddress.parse("10.1.0.20");
    private static final IpAddress LEASED = IpAddress.parse("10.1.0.50");
    private static final IpAddress OWN = IpAddress.parse("10.1.0.1");
    private static final Identification CAROL = Identification.parse("carol@strongswan.org");
    private static final Endpoint FROM = new Endpoint(IpAddress.parse("192.0.2.100"), 4500);

    private record Sent(DhcpMessage message, IpAddress to) {}

    private final List<Sent> sent = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private boolean unreachable;

    private final DhcpLink link =
            new DhcpLink() {
                @Override
                public void send(DhcpMessage message, IpAddress to) throws IOException {
                    if (unreachable) {
                        throw new IOException("Network is unreachable");
                    }
                    sent.add(new Sent(message, to));
                }

                @Override
                public IpAddress towards(IpAddress server) {
                    return OWN;
                }

                @Override
                public void wake() {}
            };

    private DhcpClient client = client("255.255.255.255", false, false);

    private DhcpClient client(String server, boolean identityLease, boolean forced) {
        var conf =
                new LanConf.Dhcp(
                        true,
                        IpAddress.parse(server),
                        identityLease,
                        forced,
                        Optional.empty(),
                        Optional.empty(),
                        false);
        return new DhcpClient(conf, link, new SplittableRandom(5), () -> now, new Log());
    }

    private static AddressRequest request(Identification who, String... wanted) {
        return new AddressRequest(
                1,
                "rw",
                who,
                FROM,
                List.of("dhcp"),
                List.of(wanted).stream().map(IpAddress::parse).toList());
    }

    private DhcpMessage last(DhcpType type) {
        DhcpMessage message = sent.getLast().message();
        assertEquals(Optional.of(type), message.type());
        return message;
    }

    private void answer(DhcpMessage to, DhcpType type, IpAddress yours, Map<Integer, Bytes> more) {
        var options = new TreeMap<>(more);
        options.put(DhcpMessage.MESSAGE_TYPE, type.value());
        options.putIfAbsent(DhcpMessage.SERVER_ID, Bytes.of(SERVER.toBytes()));
        options.putIfAbsent(DhcpMessage.LEASE_TIME, Bytes.ofU32(600));
        client.received(
                new DhcpMessage(
                        true,
                        to.xid(),
                        to.broadcast(),
                        IpAddress.ANY_V4,
                        yours,
                        to.relay(),
                        to.mac(),
                        options));
    }

    private AddressAnswer obtain(Identification who) {
        CompletableFuture<AddressAnswer> answer = client.assign(request(who, "0.0.0.0"));
        answer(last(DhcpType.DISCOVER), DhcpType.OFFER, LEASED, Map.of());
        answer(last(DhcpType.REQUEST), DhcpType.ACK, LEASED, Map.of());
        return answer.join();
    }

    private void pass(long seconds) {
        now = now.plusSeconds(seconds);
        client.tick();
    }

    @Test
    void anAddressIsObtained() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "::", "0.0.0.0"));
        DhcpMessage discover = last(DhcpType.DISCOVER);
        assertTrue(discover.broadcast());
        assertEquals(LanConf.Dhcp.ANY_SERVER, sent.getLast().to());
        assertFalse(discover.options().containsKey(DhcpMessage.REQUESTED_ADDRESS));
        answer(discover, DhcpType.OFFER, LEASED, Map.of());
        DhcpMessage request = last(DhcpType.REQUEST);
        assertEquals(discover.mac(), request.mac());
        assertEquals(Optional.of(LEASED), request.address(DhcpMessage.REQUESTED_ADDRESS));
        assertEquals(Optional.of(SERVER), request.address(DhcpMessage.SERVER_ID));
        assertFalse(answer.isDone());
        answer(
                request,
                DhcpType.ACK,
                LEASED,
                Map.of(
                        DhcpMessage.NAME_SERVERS, Bytes.ofHex("0a0100350a010036"),
                        DhcpMessage.WINS_SERVERS, Bytes.ofHex("0a01002c")));
        assertEquals(List.of(Optional.empty(), Optional.of(LEASED)), answer.join().given());
        assertEquals(
                List.of(
                        new ConfigAttribute(3, Bytes.ofHex("0a010035")),
                        new ConfigAttribute(3, Bytes.ofHex("0a010036")),
                        new ConfigAttribute(4, Bytes.ofHex("0a01002c"))),
                answer.join().attributes());
    }

    @Test
    void whoWantsItsFormerAddressAsksForIt() {
        var _ = client.assign(request(CAROL, "10.1.0.51"));
        assertEquals(
                Optional.of(IpAddress.parse("10.1.0.51")),
                last(DhcpType.DISCOVER).address(DhcpMessage.REQUESTED_ADDRESS));
    }

    @Test
    void aNamedServerIsAskedAsARelayAgentDoes() {
        client = client("10.1.255.255", true, false);
        var _ = client.assign(request(CAROL, "0.0.0.0"));
        DhcpMessage discover = last(DhcpType.DISCOVER);
        assertEquals(OWN, discover.relay());
        assertFalse(discover.broadcast());
        assertEquals(IpAddress.parse("10.1.255.255"), sent.getLast().to());
        assertEquals(Bytes.ofHex("7aa751cc224a"), discover.mac());
        assertTrue(discover.options().containsKey(DhcpMessage.CLIENT_ID));
    }

    @Test
    void otherConnectionsAreNotConcerned() {
        var other = new AddressRequest(1, "rw", CAROL, FROM, List.of("p"), List.of(LEASED));
        assertEquals("", client.assign(other).join().shortage());
        assertEquals(
                "DHCP has IPv4 addresses only",
                client.assign(request(CAROL, "::")).join().shortage());
        assertEquals("", client.assign(request(CAROL)).join().shortage());
        assertEquals(List.of(), sent);
    }

    @Test
    void silenceEnds() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "0.0.0.0"));
        assertEquals(now.plusSeconds(1), client.tick());
        pass(1);
        pass(2);
        assertEquals(3, sent.size());
        assertEquals(1, sent.stream().map(s -> s.message().xid()).distinct().count());
        pass(2);
        assertFalse(answer.isDone());
        pass(1);
        assertEquals("no DHCP server offered an address", answer.join().shortage());
        assertEquals(Instant.MAX, client.tick());
        answer(sent.getFirst().message(), DhcpType.OFFER, LEASED, Map.of()); // too late
        assertEquals(3, sent.size());
    }

    @Test
    void aServerThatOffersAndNeverConfirms() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "0.0.0.0"));
        pass(1);
        answer(last(DhcpType.DISCOVER), DhcpType.OFFER, LEASED, Map.of());
        pass(1);
        pass(2);
        pass(3);
        assertEquals("the DHCP server did not confirm 10.1.0.50", answer.join().shortage());
        assertEquals(5, sent.size());
    }

    @Test
    void aRefusal() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "0.0.0.0"));
        answer(last(DhcpType.DISCOVER), DhcpType.OFFER, LEASED, Map.of());
        answer(last(DhcpType.REQUEST), DhcpType.NAK, IpAddress.ANY_V4, Map.of());
        assertEquals("the DHCP server refused the address", answer.join().shortage());
    }

    @Test
    void whatCannotBeSentIsSentLater() {
        unreachable = true;
        var _ = client.assign(request(CAROL, "0.0.0.0"));
        assertEquals(List.of(), sent);
        unreachable = false;
        pass(1);
        last(DhcpType.DISCOVER);
    }

    @Test
    void whatIsNotMeantForUsIsPassedOver() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "0.0.0.0"));
        DhcpMessage discover = last(DhcpType.DISCOVER);
        answer(discover, DhcpType.ACK, LEASED, Map.of()); // nothing was asked for
        answer(discover, DhcpType.OFFER, IpAddress.ANY_V4, Map.of());
        var stranger =
                new DhcpMessage(
                        true,
                        discover.xid(),
                        true,
                        IpAddress.ANY_V4,
                        LEASED,
                        IpAddress.ANY_V4,
                        Bytes.ofHex("525400112233"),
                        Map.of(DhcpMessage.MESSAGE_TYPE, DhcpType.OFFER.value()));
        client.received(stranger);
        client.received(discover);
        assertEquals(1, sent.size());
        answer(discover, DhcpType.OFFER, LEASED, Map.of());
        answer(last(DhcpType.REQUEST), DhcpType.ACK, IpAddress.parse("10.1.0.51"), Map.of());
        assertFalse(answer.isDone());
    }

    @Test
    void twoPeersNeverGetOneAddress() {
        assertEquals(List.of(Optional.of(LEASED)), obtain(CAROL).given());
        var dave = client.assign(request(Identification.parse("dave"), "0.0.0.0"));
        answer(last(DhcpType.DISCOVER), DhcpType.OFFER, LEASED, Map.of());
        last(DhcpType.DISCOVER); // the offer is not taken
        answer(sent.getLast().message(), DhcpType.OFFER, IpAddress.parse("10.1.0.51"), Map.of());
        answer(last(DhcpType.REQUEST), DhcpType.ACK, IpAddress.parse("10.1.0.51"), Map.of());
        assertEquals(List.of(IpAddress.parse("10.1.0.51")), dave.join().addresses());
    }

    @Test
    void aPeerThatComesAnewKeepsItsAddressUntilBothAreGone() {
        obtain(CAROL);
        int before = sent.size();
        AddressAnswer again = client.assign(request(CAROL, "0.0.0.0")).join();
        assertEquals(List.of(LEASED), again.addresses());
        var lease = new Lease(LEASED, CAROL, FROM);
        client.giveBack(lease);
        assertEquals(before, sent.size());
        client.giveBack(lease);
        DhcpMessage release = last(DhcpType.RELEASE);
        assertEquals(LEASED, release.client());
        assertEquals(SERVER, sent.getLast().to());
        client.giveBack(lease);
        assertEquals(before + 1, sent.size());
        assertEquals(Instant.MAX, now(client.tick()));
    }

    /// Entries of what is over may be left; nothing comes of them.
    private Instant now(Instant next) {
        while (next.isBefore(Instant.MAX)) {
            now = next;
            next = client.tick();
        }
        return next;
    }

    @Test
    void releasesGoWhereTheyMustGo() {
        client = client("10.1.255.255", false, true);
        obtain(CAROL);
        client.giveBack(new Lease(LEASED, CAROL, FROM));
        last(DhcpType.RELEASE);
        assertEquals(IpAddress.parse("10.1.255.255"), sent.getLast().to());
    }

    @Test
    void leasesOfOthersAreTheirs() {
        obtain(CAROL);
        int before = sent.size();
        client.giveBack(new Lease(IpAddress.parse("10.9.0.1"), CAROL, FROM));
        client.giveBack(new Lease(LEASED, Identification.parse("dave"), FROM));
        assertEquals(before, sent.size());
    }

    @Test
    void aLeaseIsRenewedAfterHalfOfItsTime() {
        obtain(CAROL);
        int before = sent.size();
        pass(299);
        assertEquals(before, sent.size());
        pass(1);
        DhcpMessage request = last(DhcpType.REQUEST);
        assertEquals(Optional.of(LEASED), request.address(DhcpMessage.REQUESTED_ADDRESS));
        assertFalse(request.options().containsKey(DhcpMessage.SERVER_ID));
        assertEquals(sent.getFirst().message().mac(), request.mac());
        answer(request, DhcpType.ACK, LEASED, Map.of(DhcpMessage.LEASE_TIME, Bytes.ofU32(1_000)));
        pass(499);
        assertEquals(before + 1, sent.size());
        pass(1);
        assertEquals(before + 2, sent.size());
        assertNotEquals(request.xid(), last(DhcpType.REQUEST).xid());
    }

    @Test
    void aSilentServerIsAskedAgainUntilTheLeaseEnds() {
        obtain(CAROL);
        int before = sent.size();
        pass(300);
        pass(1);
        pass(2);
        pass(3); // 306 s: given up, asked again in half of 294 s
        assertEquals(before + 3, sent.size());
        pass(146);
        assertEquals(before + 3, sent.size());
        pass(1);
        assertEquals(before + 4, sent.size());
        now(client.tick()); // ends
        client.giveBack(new Lease(LEASED, CAROL, FROM));
        last(DhcpType.RELEASE);
    }

    @Test
    void aLeaseForEverIsNotRenewed() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "0.0.0.0"));
        answer(last(DhcpType.DISCOVER), DhcpType.OFFER, LEASED, Map.of());
        answer(
                last(DhcpType.REQUEST),
                DhcpType.ACK,
                LEASED,
                Map.of(DhcpMessage.LEASE_TIME, Bytes.ofU32(-1)));
        assertTrue(answer.isDone());
        int before = sent.size();
        assertEquals(Instant.MAX, now(client.tick()));
        assertEquals(before, sent.size());
    }

    @Test
    void whoWaitsIsToldWhenTheDaemonEnds() {
        CompletableFuture<AddressAnswer> answer = client.assign(request(CAROL, "0.0.0.0"));
        client.end();
        assertEquals("the daemon ends", answer.join().shortage());
    }
}
