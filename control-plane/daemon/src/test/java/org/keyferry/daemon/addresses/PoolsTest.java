package org.keyferry.daemon.addresses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Lease;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Leases as charon keeps them: by identity, in use or not, and the longest unused goes first.
class PoolsTest {
    private static final ConfigAttribute DNS = PoolAttributes.read("dns", "10.0.0.1");
    private static final ConfigAttribute NBNS = PoolAttributes.read("nbns", "10.0.0.2");

    private static final ConfigAttribute TOLD = PoolAttributes.read("25", "example.com");

    private final Pools pools = new Pools(new Log());

    private void load(String name, String addrs, ConfigAttribute... attributes) throws Exception {
        pools.load(Pool.of(name, addrs, List.of(attributes)));
    }

    private static Endpoint at(String host) {
        return new Endpoint(IpAddress.parse(host), 4500);
    }

    private AddressAnswer ask(String who, String host, List<String> names, String... wanted) {
        return pools.assign(
                        new AddressRequest(
                                1,
                                "rw",
                                Identification.parse(who),
                                at(host),
                                names,
                                Arrays.stream(wanted).map(IpAddress::parse).toList()))
                .join();
    }

    /// One address of pool `p`, or what is short.
    private String one(String who, String host) {
        var answer = ask(who, host, List.of("p"), "0.0.0.0");
        return answer.addresses().isEmpty()
                ? answer.shortage()
                : answer.addresses().getFirst().toString();
    }

    private void back(String who, String host, String address) {
        pools.giveBack(new Lease(IpAddress.parse(address), Identification.parse(who), at(host)));
    }

    private String listing() {
        var view = pools.views(true).getFirst();
        return view.online()
                + "/"
                + view.offline()
                + view.leases().stream()
                        .map(l -> " " + l.address() + (l.online() ? "+" : "-") + l.identity())
                        .reduce("", String::concat);
    }

    @Test
    void addressesAreGivenInAscendingOrderToTheLastOne() throws Exception {
        load("p", "10.3.0.0/30");
        assertEquals("10.3.0.1", one("a", "192.0.2.1"));
        assertEquals("10.3.0.2", one("b", "192.0.2.2"));
        assertEquals("pool 'p' is full", one("c", "192.0.2.3"));
        assertEquals("2/0 10.3.0.1+a 10.3.0.2+b", listing());
    }

    @Test
    void rangesAndSingleAddressesAreGivenWhole() throws Exception {
        load("p", "10.3.0.255-10.3.1.0");
        assertEquals("10.3.0.255", one("a", "192.0.2.1"));
        assertEquals("10.3.1.0", one("b", "192.0.2.2"));
        assertEquals("pool 'p' is full", one("c", "192.0.2.3"));
        load("six", "fec3::ffff:ffff:ffff:ffff-fec3:0:0:1::");
        assertEquals(
                "[fec3::ffff:ffff:ffff:ffff, fec3:0:0:1::]",
                ask("a", "192.0.2.1", List.of("six"), "::", "::").addresses().toString());
    }

    @Test
    void anIdentityHasItsAddressAgain() throws Exception {
        load("p", "10.3.0.0/29");
        one("a", "192.0.2.1");
        one("b", "192.0.2.2");
        back("a", "192.0.2.1", "10.3.0.1");
        assertEquals("1/1 10.3.0.2+b 10.3.0.1-a", listing());
        assertEquals("10.3.0.3", one("c", "192.0.2.3"));
        assertEquals("10.3.0.1", one("a", "192.0.2.77"));
    }

    @Test
    void theLongestUnusedGoesToSomebodyElseWhenNothingElseIsLeft() throws Exception {
        load("p", "10.3.0.0/30");
        one("a", "192.0.2.1");
        one("b", "192.0.2.2");
        back("b", "192.0.2.2", "10.3.0.2");
        back("a", "192.0.2.1", "10.3.0.1");
        assertEquals("10.3.0.2", one("c", "192.0.2.3"));
        assertEquals("10.3.0.1", one("b", "192.0.2.2"));
        assertEquals("2/0 10.3.0.1+b 10.3.0.2+c", listing());
        assertEquals("pool 'p' is full", one("a", "192.0.2.1"));
    }

    @Test
    void oneIdentityOnTwoHostsHasTwoAddresses() throws Exception {
        load("p", "10.3.0.0/29");
        assertEquals("10.3.0.1", one("a", "192.0.2.1"));
        assertEquals("10.3.0.2", one("a", "192.0.2.2"));
    }

    @Test
    void duringReauthenticationTheSameHostHasTheAddressTwice() throws Exception {
        load("p", "10.3.0.0/29");
        one("a", "192.0.2.1");
        assertEquals("10.3.0.1", one("a", "192.0.2.1"));
        assertEquals("2/0 10.3.0.1+a 10.3.0.1+a", listing());
        back("a", "192.0.2.1", "10.3.0.1");
        assertEquals("1/0 10.3.0.1+a", listing());
        back("a", "192.0.2.1", "10.3.0.1");
        assertEquals("0/1 10.3.0.1-a", listing());
        back("a", "192.0.2.1", "10.3.0.1");
        assertEquals("0/1 10.3.0.1-a", listing());
    }

    @Test
    void oneRequestNeverGetsAnAddressTwice() throws Exception {
        load("p", "10.3.0.0/29");
        var names = List.of("p");
        var first = ask("a", "192.0.2.1", names, "0.0.0.0", "0.0.0.0").addresses();
        assertEquals("[10.3.0.1, 10.3.0.2]", first.toString());
        assertEquals(
                "[10.3.0.2, 10.3.0.1]",
                ask("a", "192.0.2.1", names, "10.3.0.2", "10.3.0.1").addresses().toString());
    }

    @Test
    void allPoolsAreSearchedForAnOldLeaseBeforeAnyForANewOne() throws Exception {
        load("p", "10.3.0.0/30");
        load("q", "10.4.0.0/30");
        var both = List.of("p", "q");
        assertEquals(
                "[10.4.0.1]",
                ask("a", "192.0.2.1", List.of("q"), "0.0.0.0").addresses().toString());
        back("a", "192.0.2.1", "10.4.0.1");
        assertEquals("[10.4.0.1]", ask("a", "192.0.2.1", both, "0.0.0.0").addresses().toString());
        one("b", "192.0.2.2");
        one("c", "192.0.2.3");
        back("b", "192.0.2.2", "10.3.0.1");
        assertEquals(
                "[10.4.0.2]",
                ask("d", "192.0.2.4", both, "0.0.0.0").addresses().toString(),
                "a new one of the second pool before b's of the first");
        assertEquals("[10.3.0.1]", ask("e", "192.0.2.5", both, "0.0.0.0").addresses().toString());
        assertEquals(
                "pool 'p' is full, pool 'q' is full",
                ask("f", "192.0.2.6", both, "0.0.0.0").shortage());
    }

    @Test
    void eachFamilyComesFromItsPoolsAndBringsTheirAttributes() throws Exception {
        load("p", "10.3.0.0/30", DNS);
        load("six", "fec3::/120", NBNS);
        var both = List.of("p", "six");
        var answer = ask("a", "192.0.2.1", both, "::", "0.0.0.0");
        assertEquals("[fec3::1, 10.3.0.1]", answer.addresses().toString());
        assertEquals(List.of(DNS, NBNS), answer.attributes());
        assertEquals(List.of(NBNS), ask("b", "192.0.2.2", both, "::").attributes());
        assertEquals(List.of(), ask("c", "192.0.2.3", both).attributes());
    }

    @Test
    void aPoolWithoutAddressesAlwaysTellsItsAttributes() throws Exception {
        load("told", "10.9.0.255/24", DNS);
        assertEquals(List.of(DNS), ask("a", "192.0.2.1", List.of("told")).attributes());
    }

    @Test
    void whatIsShortIsNamed() throws Exception {
        load("p", "10.3.0.0/30");
        assertEquals("no pool 'x' is loaded", ask("a", "192.0.2.1", List.of("x"), "::").shortage());
        assertEquals(
                "pools [p] have no address of this family",
                ask("a", "192.0.2.1", List.of("p"), "::").shortage());
        assertEquals(
                "connection 'rw' has no pools", ask("a", "192.0.2.1", List.of(), "::").shortage());
    }

    @Test
    void poolsThatOverlapNeverGiveOneAddressToTwo() throws Exception {
        load("p", "10.3.0.1-10.3.0.2");
        load("q", "10.3.0.1-10.3.0.3");
        assertEquals("10.3.0.1", one("a", "192.0.2.1"));
        var q = List.of("q");
        assertEquals("[10.3.0.2]", ask("b", "192.0.2.2", q, "0.0.0.0").addresses().toString());
        assertEquals("pool 'p' is full", one("c", "192.0.2.3"));
        back("a", "192.0.2.1", "10.3.0.1");
        assertEquals("[10.3.0.1]", ask("d", "192.0.2.4", q, "0.0.0.0").addresses().toString());
        assertEquals("pool 'p' is full", one("a", "192.0.2.1"));
    }

    @Test
    void aPoolInUseIsNeitherReplacedNorUnloaded() throws Exception {
        load("p", "10.3.0.0/30");
        one("a", "192.0.2.1");
        assertThrows(Pools.InUse.class, () -> load("p", "10.4.0.0/30"));
        assertThrows(Pools.InUse.class, () -> pools.unload("p"));
        load("p", "10.3.0.0/30", DNS); // other attributes only
        assertEquals("1/0 10.3.0.1+a", listing());
        assertEquals(List.of(DNS), ask("b", "192.0.2.2", List.of("p"), "0.0.0.0").attributes());
        back("a", "192.0.2.1", "10.3.0.1");
        back("b", "192.0.2.2", "10.3.0.2");
        load("p", "10.4.0.0/30");
        assertEquals("0/0", listing());
        assertTrue(pools.unload("p"));
        assertFalse(pools.unload("p"));
    }

    @Test
    void leasesThatOutliveAProcessAreKnownBeforeAndAfterTheirPoolIsLoaded() throws Exception {
        var lease =
                new Lease(IpAddress.parse("10.3.0.2"), Identification.parse("a"), at("192.0.2.1"));
        pools.takeOver(lease);
        load("p", "10.3.0.0/30");
        assertEquals("1/0 10.3.0.2+a", listing());
        assertEquals("10.3.0.1", one("b", "192.0.2.2"));
        assertEquals("pool 'p' is full", one("c", "192.0.2.3"));
        pools.giveBack(lease);
        assertEquals("10.3.0.2", one("a", "192.0.2.9"));
    }

    @Test
    void severalSourcesServeOneRequest() throws Exception {
        load("p", "10.3.0.0/30", DNS);
        var framed =
                new AddressProvider() {
                    @Override
                    public CompletableFuture<AddressAnswer> assign(AddressRequest request) {
                        assertEquals(
                                List.of(IpAddress.ANY_V6), request.wanted(), "what is left over");
                        var given = List.of(java.util.Optional.of(IpAddress.parse("fec9::1")));
                        return CompletableFuture.supplyAsync(
                                () -> new AddressAnswer(given, List.of(NBNS), ""));
                    }

                    @Override
                    public void giveBack(Lease lease) {}

                    @Override
                    public void takeOver(Lease lease) {}
                };
        var all = new AddressProviders(List.of(pools, framed), List.of(TOLD), new Log());
        var request =
                new AddressRequest(
                        1,
                        "rw",
                        Identification.parse("a"),
                        at("192.0.2.1"),
                        List.of("p", "radius"),
                        List.of(IpAddress.ANY_V6, IpAddress.ANY_V4));
        AddressAnswer answer = all.assign(request).join();
        assertEquals("[fec9::1, 10.3.0.1]", answer.addresses().toString());
        assertEquals(List.of(DNS, NBNS, TOLD), answer.attributes());
        assertEquals(Bytes.ofHex("0a000001"), answer.attributes().getFirst().value());
    }

    @Test
    void aSourceThatFailsIsAShortage() throws Exception {
        var broken =
                new AddressProvider() {
                    @Override
                    public CompletableFuture<AddressAnswer> assign(AddressRequest request) {
                        return CompletableFuture.failedFuture(new IllegalStateException("broken"));
                    }

                    @Override
                    public void giveBack(Lease lease) {}

                    @Override
                    public void takeOver(Lease lease) {}
                };
        var request =
                new AddressRequest(
                        1,
                        "rw",
                        Identification.parse("a"),
                        at("192.0.2.1"),
                        List.of(),
                        List.of(IpAddress.ANY_V4));
        var answer =
                new AddressProviders(List.of(broken), List.of(TOLD), new Log())
                        .assign(request)
                        .join();
        assertEquals(List.of(), answer.addresses());
        assertEquals(List.of(), answer.attributes());
        assertEquals("internal error", answer.shortage());
    }
}
