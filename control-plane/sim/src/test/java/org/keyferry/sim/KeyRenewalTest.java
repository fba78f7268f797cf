package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// `rekey_ke_every` and `rekey_ke_time`: which rekeyings of a CHILD_SA have a key exchange.
class KeyRenewalTest {
    private final SimWorld world = SimWorld.seeded(41);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test")
                .childLifetime(Duration.ofDays(1), Duration.ofDays(2), Duration.ZERO)
                .ikeLifetime(Duration.ofDays(9), Duration.ZERO, Duration.ZERO)
                .esp(SimConnection.espProposal(SimConnection.AES_GCM_16, SimConnection.X25519));
    }

    private void tunnel(SimConnection ofLaptop, SimConnection ofGateway) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(ofLaptop.build()), List.of(key));
        gateway.configured(List.of(ofGateway.build()), List.of(key));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(5));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
    }

    /// `K` if the rekeying had a key exchange, else `n`.
    private String rekeys(SimPeer by) {
        long request = by.rekeysChild(by.child("net"));
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), by.outcome(request));
        world.checkAgreement();
        boolean exchanged = hadKeyExchange(laptop);
        assertEquals(exchanged, hadKeyExchange(gateway));
        return exchanged ? "K" : "n";
    }

    private static boolean hadKeyExchange(SimPeer peer) {
        return !peer.children("net").getFirst().installation().keyExchanges().isEmpty();
    }

    private long requests() {
        return world.transcript().stream()
                .filter(line -> line.contains("CREATE_CHILD_SA request"))
                .count();
    }

    @Test
    void everyThirdRekeyingHasAKeyExchange() {
        var connection = office().keyRenewal(3, Duration.ZERO);
        tunnel(connection, connection.mirrored());
        var seen = new StringBuilder();
        for (int i = 0; i < 7; i++) {
            seen.append(rekeys(laptop));
        }
        assertEquals("nnKnnKn", seen.toString());
        assertEquals(7, requests(), "nothing was asked twice");
    }

    @Test
    void rekeyingsOfTheOtherEndCount() {
        var connection = office().keyRenewal(3, Duration.ZERO);
        tunnel(connection, connection.mirrored());
        String seen = rekeys(laptop) + rekeys(gateway) + rekeys(gateway) + rekeys(laptop);
        assertEquals("nnKn", seen);
    }

    @Test
    void afterSomeTimeTheNextRekeyingHasAKeyExchange() {
        var connection = office().keyRenewal(0, Duration.ofHours(1));
        tunnel(connection, connection.mirrored());
        String seen = rekeys(laptop) + rekeys(laptop);
        world.run(Duration.ofMinutes(61));
        seen += rekeys(laptop) + rekeys(laptop);
        assertEquals("nnKn", seen);
    }

    @Test
    void whatComesFirstDecides() {
        var connection = office().keyRenewal(3, Duration.ofHours(1));
        tunnel(connection, connection.mirrored());
        String seen = rekeys(laptop);
        world.run(Duration.ofMinutes(61));
        seen += rekeys(laptop) + rekeys(laptop) + rekeys(laptop) + rekeys(laptop);
        assertEquals("nKnnK", seen);
    }

    /// It answers NO_PROPOSAL_CHOSEN, and is not asked in vain again.
    @Test
    void aPeerThatInsistsOnKeyExchangesGetsThem() {
        tunnel(office().keyRenewal(10, Duration.ZERO), office().mirrored());
        assertEquals("K", rekeys(laptop));
        assertEquals(2, requests());
        assertEquals("K", rekeys(laptop));
        assertEquals(3, requests());
        assertEquals("K", rekeys(gateway));
        assertEquals(4, requests());
    }

    @Test
    void theStricterOfTwoEndsDecides() {
        tunnel(
                office().keyRenewal(10, Duration.ZERO),
                office().keyRenewal(2, Duration.ZERO).mirrored());
        assertEquals("nK", rekeys(laptop) + rekeys(laptop));
    }

    @Test
    void withoutSuchAnOptionAllHaveOne() {
        tunnel(office(), office().mirrored());
        assertEquals("KK", rekeys(laptop) + rekeys(gateway));
    }
}
