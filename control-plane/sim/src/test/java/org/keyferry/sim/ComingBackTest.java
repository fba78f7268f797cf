package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.EngineSettings;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.SharedSecret;

/// In which order a client tries to come back that should be up: on the IKE_SA that it has, along
/// other paths, by its ticket, in full; and that it never gives up.
class ComingBackTest {
    private static final SharedSecret KEY = SimConnection.secret("ike-1", "correct horse");
    private static final String LAPTOP = "192.0.2.1";
    private static final String PHONE = "198.51.100.1";
    private static final String GATEWAY = "192.0.2.2";
    private static final String SECOND = "203.0.113.2";

    private final SimWorld world = SimWorld.seeded(31);
    private SimPeer laptop = world.peer("laptop", LAPTOP);
    private final SimPeer gateway = world.peer("gateway", GATEWAY);

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test")
                .to(GATEWAY)
                .dpd(Duration.ofSeconds(30))
                .starts()
                .whenDead(Action.START)
                .resumption();
    }

    private void up(SimConnection connection) {
        laptop.configured(List.of(connection.build()), List.of(KEY));
        gateway.configured(
                List.of(
                        SimConnection.between("gateway.test", "laptop.test")
                                .selectors("10.2.0.0/16", "10.1.0.0/16")
                                .resumption()
                                .build()),
                List.of(KEY));
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(1));
        assertUp();
    }

    private void assertUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, laptop.children("net").size());
    }

    /// What the laptop sent, without repetitions: seconds and the exchange.
    private record Said(double at, String exchange) {}

    private List<Said> said() {
        var said = new ArrayList<Said>();
        for (String line : world.transcript()) {
            if (line.contains(" laptop > ")) {
                String[] words = line.split(" +", -1);
                said.add(new Said(Double.parseDouble(words[0]), words[4] + " " + words[5]));
            }
        }
        return said;
    }

    private List<String> exchangesSince(double second) {
        var exchanges = new ArrayList<String>();
        for (Said each : said()) {
            if (each.at() > second
                    && (exchanges.isEmpty() || !exchanges.getLast().equals(each.exchange()))) {
                exchanges.add(each.exchange());
            }
        }
        return exchanges;
    }

    @Test
    void firstTheIkeSaThenItsOtherPathsThenTheTicketThenInFull() {
        gateway.movesTo(GATEWAY, SECOND);
        up(office());
        // every way is closed
        world.network().cuts(LAPTOP, GATEWAY).cuts(LAPTOP, SECOND);
        world.run(Duration.ofHours(1));
        assertEquals(
                List.of(
                        "INFORMATIONAL request",
                        "IKE_SESSION_RESUME request",
                        "IKE_SA_INIT request",
                        "IKE_SESSION_RESUME request",
                        "IKE_SA_INIT request"),
                exchangesSince(1).subList(0, 5));
        // and each is found as soon as it is open again
        world.network().heals(LAPTOP, GATEWAY);
        world.run(Duration.ofMinutes(11));
        assertUp();
    }

    @Test
    void anotherPathOfTheGatewayIsTakenBeforeAnythingIsGivenUp() {
        gateway.movesTo(GATEWAY, SECOND);
        up(office());
        world.network().cuts(LAPTOP, GATEWAY);
        world.run(Duration.ofMinutes(2));
        assertUp();
        assertEquals(SECOND, laptop.views().getFirst().remote().address().toString());
        assertEquals(List.of("INFORMATIONAL request"), exchangesSince(1));
    }

    @Test
    void aChildThatIsGoneComesBackOverTheIkeSaThatIsThere() {
        up(office().whenClosed(Action.START));
        gateway.terminatesChild(gateway.child("net"));
        world.run(Duration.ofSeconds(2));
        assertUp();
        assertEquals(
                List.of("INFORMATIONAL response", "CREATE_CHILD_SA request"), exchangesSince(1));
    }

    /// The pauses grow to ten minutes, never the same, and never end.
    @Test
    void itNeverGivesUp() {
        up(office());
        gateway.movesTo();
        world.run(Duration.ofDays(3));
        var begun = new ArrayList<Double>();
        Said before = new Said(0, "");
        for (Said each : said()) {
            boolean resumes = each.exchange().startsWith("IKE_SESSION_RESUME");
            boolean full = each.exchange().startsWith("IKE_SA_INIT");
            boolean begins = (resumes || full) && each.at() - before.at() > 45;
            if (begins) {
                begun.add(each.at() - before.at());
            }
            before = each;
        }
        assertTrue(begun.size() > 250, () -> begun.size() + " tries in three days");
        double longest = begun.stream().mapToDouble(d -> d).max().orElseThrow();
        // ten minutes after the last of the transmissions had 76 seconds
        assertTrue(longest < 600 + 77, () -> "a pause of " + longest + " s");
        assertTrue(begun.subList(20, begun.size()).stream().distinct().count() > 200, "no jitter");
        gateway.movesTo(GATEWAY);
        world.run(Duration.ofMinutes(13));
        assertUp();
    }

    @Test
    void aNetworkThatComesBackEndsThePause() {
        up(office());
        world.network().cuts(LAPTOP, GATEWAY);
        world.run(Duration.ofHours(5));
        assertEquals(0, laptop.established());
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(3));
        assertUp();
    }

    @Test
    void aNetworkThatFlapsDoesNotMakeTriesInVain() {
        up(office());
        world.network().cuts(LAPTOP, GATEWAY);
        world.run(Duration.ofHours(5));
        long before = said().size();
        for (int i = 0; i < 100; i++) {
            laptop.movesTo("198.51.100." + (1 + i % 2));
            world.network().cuts("198.51.100." + (1 + i % 2), GATEWAY);
            world.run(Duration.ofMillis(200));
        }
        long tries = said().size() - before;
        assertTrue(tries < 60, () -> tries + " messages in 20 s");
    }

    /// The set-up that was under way from the former address would go on in vain for minutes.
    @Test
    void aSetUpFollowsTheHostToAnotherAddress() {
        laptop.configured(List.of(office().build()), List.of(KEY));
        world.network().cuts(LAPTOP, GATEWAY);
        gateway.configured(
                List.of(
                        SimConnection.between("gateway.test", "laptop.test")
                                .selectors("10.2.0.0/16", "10.1.0.0/16")
                                .build()),
                List.of(KEY));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(20));
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(1));
        assertUp();
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, laptop.engine().size());
        world.checkAgreement();
    }

    @Test
    void theTicketGoesAlongToAnotherAddress() {
        up(office());
        world.network().cuts(LAPTOP, GATEWAY);
        while (said().stream().noneMatch(s -> s.exchange().startsWith("IKE_SESSION"))) {
            world.run(Duration.ofMillis(100));
        }
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(2));
        assertUp();
        assertEquals(
                1, said().stream().filter(s -> s.exchange().equals("IKE_SA_INIT request")).count());
    }

    /// Break before make: when the old one is gone and the gateway, too, what should be up is tried
    /// again.
    @Test
    void aReauthenticationThatFailedIsTriedAgain() {
        laptop =
                world.peer(
                        "breaker",
                        "192.0.2.9",
                        EngineSettings.defaults()
                                .with(new Renewal(false, Duration.ofSeconds(5), true)));
        up(
                office().dpd(Duration.ZERO)
                        .childLifetime(Duration.ZERO, Duration.ZERO, Duration.ZERO)
                        .reauth(Duration.ofHours(1)));
        gateway.movesTo();
        world.run(Duration.ofHours(3));
        assertEquals(0, laptop.established());
        gateway.movesTo(GATEWAY);
        world.run(Duration.ofMinutes(13));
        assertUp();
    }

    @Test
    void anIkeSaWhoseLifetimeEndedIsTriedAgain() {
        var noDpd =
                office().dpd(Duration.ZERO)
                        .childLifetime(Duration.ZERO, Duration.ZERO, Duration.ZERO)
                        .ikeLifetime(Duration.ofMinutes(30), Duration.ofMinutes(1), Duration.ZERO);
        up(noDpd);
        gateway.movesTo();
        world.run(Duration.ofHours(3));
        gateway.movesTo(GATEWAY);
        world.run(Duration.ofMinutes(13));
        assertUp();
    }
}
