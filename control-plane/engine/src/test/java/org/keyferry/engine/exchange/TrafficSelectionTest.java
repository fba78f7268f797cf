package org.keyferry.engine.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.engine.Samples;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.TrafficSelector;

class TrafficSelectionTest {
    private static final IpAddress OWN = IpAddress.parse("192.0.2.1");
    private static final IpAddress PEER = IpAddress.parse("192.0.2.2");

    private static List<TrafficSelector> selectors(String text) {
        return text == null
                ? List.of()
                : Stream.of(text.split(" ")).map(TrafficSelector::parse).toList();
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # configured, supplied, narrowed
                    10.1.0.0/16,                 0.0.0.0/0,                   10.1.0.0/16
                    0.0.0.0/0,                   10.1.0.0/16,                 10.1.0.0/16
                    10.1.0.0/16,                 10.2.0.0/16,
                    10.1.0.0/16 10.2.0.0/16,     10.2.3.0/24 10.1.3.0/24,     10.1.3.0/24 10.2.3.0/24
                    10.1.0.0/16,                 10.1.3.0/24 10.1.0.0/16,     10.1.0.0/16
                    10.1.0.0/16,                 10.1.0.0/16 10.1.3.0/24,     10.1.0.0/16
                    10.1.0.0/16[tcp/80],         10.1.0.0/16,                 10.1.0.0/16[tcp/80]
                    10.1.0.0/16[tcp/80],         10.1.0.0/16[udp/80],
                    10.1.0.0/16[tcp/80],         10.1.0.0/16[tcp/443],
                    ::/0 10.1.0.0/16,            10.1.0.0/16,                 10.1.0.0/16
                    """)
    void narrowing(String configured, String supplied, String narrowed) {
        assertEquals(
                selectors(narrowed),
                TrafficSelection.narrow(selectors(configured), selectors(supplied)));
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # answer, proposed, whether it only narrows
                    10.1.3.0/24,             10.1.0.0/16,              true
                    10.1.0.0/16,             10.1.0.0/16,              true
                    10.1.3.0/24 10.2.0.0/16, 10.1.0.0/16 10.2.0.0/16,  true
                    10.0.0.0/8,              10.1.0.0/16,              false
                    10.1.3.0/24 10.9.0.0/16, 10.1.0.0/16,              false
                    ,                        10.1.0.0/16,              false
                    10.1.0.0/16,             10.1.0.0/16[tcp/80],      false
                    """)
    void aResponderMayOnlyNarrow(String answer, String proposed, boolean within) {
        assertEquals(within, TrafficSelection.within(selectors(answer), selectors(proposed)));
    }

    @Test
    void dynamicMeansTheHost() {
        var specs = List.<TsSpec>of(new TsSpec.Dynamic(6, new PortRange(22, 22)));
        assertEquals(
                selectors("192.0.2.1/32[tcp/22]"), TrafficSelection.resolve(specs, List.of(OWN)));
    }

    private static Optional<String> choice(String peerTs, String ownTs, Child... children) {
        return TrafficSelection.chooseChild(
                        List.of(children),
                        selectors(peerTs),
                        selectors(ownTs),
                        List.of(OWN),
                        List.of(PEER))
                .map(Child::name);
    }

    @Test
    void anEqualSelectorWeighsFiveOverlaps() {
        var wide = Samples.child("wide", "0.0.0.0/0", "0.0.0.0/0");
        var exact = Samples.child("exact", "10.1.0.0/16", "10.2.0.0/16");
        assertEquals(Optional.of("exact"), choice("10.2.0.0/16", "10.1.0.0/16", wide, exact));
        assertEquals(Optional.of("wide"), choice("0.0.0.0/0", "0.0.0.0/0", exact, wide));
    }

    @Test
    void ofEqualsTheFirstLoadedWins() {
        var one = Samples.child("one", "10.1.0.0/16", "10.2.0.0/16");
        var two = Samples.child("two", "10.1.0.0/16", "10.2.0.0/16");
        assertEquals(Optional.of("one"), choice("10.2.0.0/16", "10.1.0.0/16", one, two));
        assertEquals(Optional.of("two"), choice("10.2.0.0/16", "10.1.0.0/16", two, one));
    }

    @Test
    void theFirstSelectorOfThePeerWeighsMost() {
        var first = Samples.child("first", "10.1.0.0/16", "10.3.0.0/16");
        var second = Samples.child("second", "10.1.0.0/16", "10.4.0.0/16");
        assertEquals(
                Optional.of("first"),
                choice("10.3.0.0/16 10.4.0.0/16", "10.1.0.0/16", second, first));
    }

    @Test
    void bothSidesMustMeet() {
        var child = Samples.child("net", "10.1.0.0/16", "10.2.0.0/16");
        assertEquals(Optional.empty(), choice("10.2.0.0/16", "10.9.0.0/16", child));
        assertEquals(Optional.empty(), choice("10.9.0.0/16", "10.1.0.0/16", child));
    }

    @Test
    void policiesOfThisHostAreNeverChosen() {
        var drop = Samples.child("drop", "10.1.0.0/16", "10.2.0.0/16", ChildMode.DROP);
        var pass = Samples.child("pass", "10.1.0.0/16", "10.2.0.0/16", ChildMode.PASS);
        assertEquals(Optional.empty(), choice("10.2.0.0/16", "10.1.0.0/16", drop, pass));
    }
}
