package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TransformType;

class ConfigurationTest {
    private static final Endpoint OWN = new Endpoint(IpAddress.parse("192.0.2.1"), 500);
    private static final Endpoint PEER = new Endpoint(IpAddress.parse("198.51.100.7"), 500);
    private static final Map<String, List<IpAddress>> HOSTS =
            Map.of("peer.test", List.of(IpAddress.parse("198.51.100.7")));

    private static Configuration of(Connection... connections) {
        return new Configuration(List.of(connections), List.of(), HOSTS);
    }

    private static List<String> names(Configuration configuration) {
        return configuration.matching(OWN, PEER).stream().map(Connection::name).toList();
    }

    /// score = (local quality + port) * 8 + (remote quality + port) * 16; the port is 500.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    %any            | %any                           | 48
                    192.0.2.1       | 198.51.100.7                   | 3120
                    192.0.2.1       | %any                           | 1072
                    %any            | 198.51.100.7                   | 2096
                    192.0.2.0/24    | 198.51.0.0/16                  | 496
                    %any            | 198.51.100.1-198.51.100.9      | 48
                    %any            | peer.test                      | 2096
                    %any            | %any,198.51.100.7              | 2096
                    ''              | ''                             | 48
                    """)
    void matchQuality(String local, String remote, int score) {
        var admitted = of(Samples.connection("c", local, remote)).admitting(OWN, PEER);
        assertEquals(score, admitted.getFirst().score());
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.9,%any", "%any,198.51.100.8", "%any,198.51.101.0/24", "%any,other.test"})
    void otherAddressesDoNotMatch(String local, String remote) {
        assertEquals(List.of(), names(of(Samples.connection("c", local, remote))));
    }

    @Test
    void anotherPortIsALesserMatch() {
        var other =
                Samples.connection(
                        "other", "%any", "%any", 4500, List.of(Samples.ike(31)), List.of());
        var usual = Samples.connection("usual", "%any", "%any");
        assertEquals(List.of("usual", "other"), names(of(other, usual)));
    }

    @Test
    void theBestMatchComesFirstThenTheFirstLoaded() {
        assertEquals(
                List.of("host", "name", "net", "any1", "any2"),
                names(
                        of(
                                Samples.connection("any1", "%any", "%any"),
                                Samples.connection("net", "%any", "198.51.100.0/24"),
                                Samples.connection("host", "%any", "198.51.100.7"),
                                Samples.connection("any2", "%any", "%any"),
                                Samples.connection("name", "%any", "peer.test"))));
    }

    @Test
    void aNameWithoutAnAddressIsTold() {
        var configuration = of(Samples.connection("c", "%any", "other.test"));
        assertEquals(
                List.of("connection 'c': 'other.test' has no address"), configuration.refusals());
    }

    @Test
    void aSecondConnectionOfTheSameNameIsTold() {
        var configuration =
                of(
                        Samples.connection("c", "%any", "%any"),
                        Samples.connection("c", "%any", "198.51.100.7"));
        assertEquals(List.of("connection 'c' is there twice"), configuration.refusals());
        assertEquals(1, configuration.connections().size());
    }

    @Test
    void transformsThatCannotBeComputedAreLeftOutAndNamed() {
        int gost = 33;
        var configuration =
                of(
                        Samples.connection(
                                "c",
                                "%any",
                                "%any",
                                500,
                                List.of(Samples.ike(gost, 31), Samples.ikeWith(1027, 128, 31)),
                                List.of()));
        var proposals = configuration.connection("c").orElseThrow().proposals();
        assertEquals(1, proposals.size());
        assertEquals(1, proposals.getFirst().ofType(TransformType.KE).size());
        assertEquals(31, proposals.getFirst().ofType(TransformType.KE).getFirst().id());
        assertTrue(
                configuration.refusals().stream().anyMatch(r -> r.contains("GOST3410_256")),
                configuration.refusals()::toString);
        assertTrue(
                configuration.refusals().stream().anyMatch(r -> r.contains("TWOFISH_CBC_128")),
                configuration.refusals()::toString);
    }

    @Test
    void aConnectionWithoutAnUsableProposalMatchesNobody() {
        var configuration =
                of(
                        Samples.connection(
                                "c", "%any", "%any", 500, List.of(Samples.ike(33)), List.of()));
        assertEquals(List.of(), names(configuration));
        assertEquals("connection 'c': no IKE proposal is left", configuration.refusals().getLast());
    }

    @Test
    void aChildWithACipherOfUnknownKeyLengthIsLeftOut() {
        var odd =
                Samples.child(
                        "odd",
                        "10.1.0.0/16",
                        "10.2.0.0/16",
                        ChildMode.TUNNEL,
                        Samples.esp(999, 128));
        var fine = Samples.child("fine", "10.1.0.0/16", "10.2.0.0/16");
        var configuration =
                of(
                        Samples.connection(
                                "c",
                                "%any",
                                "%any",
                                500,
                                List.of(Samples.ike(31)),
                                List.of(odd, fine)));
        assertEquals(List.of(fine), configuration.connection("c").orElseThrow().children());
        assertEquals(
                "connection 'c', child 'odd': no ESP or AH proposal is left",
                configuration.refusals().getLast());
    }

    private static List<String> keys(String local, String remote, SharedSecret... secrets) {
        return new Configuration(List.of(), List.of(secrets), Map.of())
                .sharedKeys(Identification.parse(local), Identification.parse(remote)).stream()
                        .map(SharedSecret::id)
                        .toList();
    }

    @Test
    void secretsByPeerThenByOwnThenTheLastLoaded() {
        assertEquals(
                List.of("both", "peer", "pattern", "any2", "any1", "own"),
                keys(
                        "a.test",
                        "b.test",
                        Samples.secret("any1"),
                        Samples.secret("own", "a.test"),
                        Samples.secret("pattern", "*.test"),
                        Samples.secret("peer", "b.test"),
                        Samples.secret("other", "c.example"),
                        Samples.secret("both", "a.test", "b.test"),
                        Samples.secret("any2")));
    }

    @Test
    void ownersAreMatchedAsIdentitiesAre() {
        assertEquals(List.of("k"), keys("a.test", "B.Test", Samples.secret("k", "b.test")));
        assertEquals(List.of("k"), keys("a.test", "b.test", Samples.secret("k", "B.TEST")));
        assertEquals(List.of("k"), keys("a.test", "b.test", Samples.secret("k", "%any")));
        assertEquals(List.of("k"), keys("a.test", "10.1.2.3", Samples.secret("k", "10.1.0.0/16")));
        assertEquals(
                List.of("k"),
                keys("a.test", "C=CH, CN=Peer", Samples.secret("k", "C=CH, CN=peer")));
        assertEquals(List.of(), keys("a.test", "b.test", Samples.secret("k", "c.test")));
    }
}
