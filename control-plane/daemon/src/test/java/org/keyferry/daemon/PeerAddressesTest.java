package org.keyferry.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.config.HostNames;
import org.keyferry.daemon.dataplane.NullDataplane;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.IpAddress;

class PeerAddressesTest {
    private final PeerAddresses addresses =
            new PeerAddresses(new HostNames(1), new NullDataplane());

    private String path(Connection connection, int before) {
        try {
            var path = addresses.path(connection, before, Optional.empty());
            return path.local().address() + " " + path.remote().address();
        } catch (Initiator.NotPossible e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void eachTryTakesTheNextOfSeveralAddresses() {
        var connection =
                TestConnections.of(
                        "local_addrs = 192.0.2.1, 2001:db8::1, 192.0.2.3\n"
                                + "remote_addrs = 198.51.100.1, 2001:db8::2, %any, 198.51.100.0/24",
                        "");
        assertEquals(
                List.of(
                        "192.0.2.1 198.51.100.1",
                        "2001:db8::1 2001:db8::2",
                        "192.0.2.3 198.51.100.1",
                        "2001:db8::1 2001:db8::2",
                        "192.0.2.1 198.51.100.1"),
                IntStream.range(0, 5).mapToObj(before -> path(connection, before)).toList());
    }

    @Test
    void aPeerThatTheConnectionDoesNotNameIsWhereItWas() throws Exception {
        var anybody = TestConnections.of("local_addrs = 192.0.2.1", "");
        assertThrows(
                Initiator.NotPossible.class, () -> addresses.path(anybody, 0, Optional.empty()));
        var former = IpAddress.parse("198.51.100.9");
        assertEquals(former, addresses.path(anybody, 3, Optional.of(former)).remote().address());
    }
}
