package org.keyferry.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keyferry.wire.IpAddress;

/// Broadcasts and multicasts between the network behind this host and its peers:
/// `charon.plugins.forecast`.
///
/// @param groups multicast groups that this host joins in that network
/// @param interfaceName towards that network; empty for the first one that can multicast
/// @param reinject names of children; what comes over them goes to the other peers, too
public record ForecastConf(
        boolean enabled,
        List<IpAddress> groups,
        Optional<String> interfaceName,
        Set<String> reinject) {
    static final String DEFAULT_GROUPS =
            "224.0.0.1,224.0.0.22,224.0.0.251,224.0.0.252,239.255.255.250";
    private static final String FORECAST = "plugins.forecast.";

    static ForecastConf of(SettingsSection charon) {
        return new ForecastConf(
                Plugins.isLoaded(charon, "forecast"),
                groups(charon.text(FORECAST + "groups").orElse(DEFAULT_GROUPS))
                        .orElseGet(() -> groups(DEFAULT_GROUPS).orElseThrow()),
                charon.text(FORECAST + "interface"),
                Set.copyOf(names(charon.text(FORECAST + "reinject").orElse("")).toList()));
    }

    /// Of the network behind this host, if it is on and somebody named its interface.
    public Optional<String> network() {
        return enabled ? interfaceName : Optional.empty();
    }

    /// @return empty if one is no IPv4 multicast address
    static Optional<List<IpAddress>> groups(String text) {
        var all = names(text).map(ConfValues::ipv4).toList();
        boolean valid =
                all.stream().allMatch(group -> group.filter(IpAddress::isMulticast).isPresent());
        return valid
                ? Optional.of(all.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    private static Stream<String> names(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty());
    }
}
