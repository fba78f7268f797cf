package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.TrafficSelector;

/// Numbers that charon gives to these selectors.
class PolicyPriorityTest {
    @ParameterizedTest
    @CsvSource({
        "INSTALLED, 10.0.0.1/32,             10.0.0.2/32,              367231",
        "ROUTED,    10.0.0.1/32,             10.0.0.2/32,              367232",
        "INSTALLED, 10.1.1.0/24,             10.2.2.0/24,              375423",
        "INSTALLED, 10.1.0.0/16,             0.0.0.0/0,                391807",
        "PASS,      10.1.1.0/24,             10.2.2.0/24,              175423",
        "DROP,      10.1.1.0/24,             10.2.2.0/24,              575423",
        "INSTALLED, fd00::1/128,             fd00::2/128,              268927",
        "INSTALLED, 10.0.0.1/32[tcp],        10.0.0.2/32[tcp],         366975",
        "INSTALLED, 10.0.0.1/32[tcp],        10.0.0.2/32[tcp/80],      366911",
        "INSTALLED, 10.0.0.1/32[udp/53],     10.0.0.2/32[udp/53],      366847",
        "INSTALLED, 10.0.0.1/32[tcp],        10.0.0.2/32[tcp/1024-2047], 366951",
        "INSTALLED, 10.0.0.1/32[icmp/8],     10.0.0.2/32[icmp/8],      366911",
    })
    void narrowSelectorsComeFirst(
            PolicyPriority kind, String source, String destination, int priority) {
        var selector =
                Selectors.between(TrafficSelector.parse(source), TrafficSelector.parse(destination))
                        .orElseThrow();
        assertEquals(priority, kind.of(selector));
    }
}
