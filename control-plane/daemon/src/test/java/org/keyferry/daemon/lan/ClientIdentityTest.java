package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

class ClientIdentityTest {
    /// As strongSwan's test dhcp-static-mac has them, which charon passes.
    @ParameterizedTest
    @CsvSource({"carol@strongswan.org, 7aa751cc224a", "dave@strongswan.org, 7aa793702b21"})
    void asCharonDoes(String identity, String mac) {
        var known = ClientIdentity.of(Identification.parse(identity));
        assertEquals(Bytes.ofHex(mac), known.mac());
        assertEquals(Optional.of(Bytes.ofU8(0).concat(Bytes.utf8(identity))), known.clientId());
    }

    @Test
    void aLongIdentityIsNoClientId() {
        var known = ClientIdentity.of(Identification.parse("a".repeat(300) + "@example.org"));
        assertEquals(Optional.empty(), known.clientId());
    }

    @Test
    void othersAreNeverTheSame() {
        var random = new SplittableRandom(1);
        var one = ClientIdentity.random(random);
        assertNotEquals(one, ClientIdentity.random(random));
        assertEquals(Bytes.ofHex("7aa7"), one.mac().slice(0, 2));
        assertEquals(Optional.empty(), one.clientId());
    }
}
