package org.keyferry.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.settings.model.PoolSpec.Attribute;

/// What strongswan.conf says about configuration payloads.
///
/// @param attributes for every peer that gets an address, in the words of `pools`
/// @param updownHasNameServers scripts are told the name servers that a peer gave us
public record ConfigPayloadConf(
        List<Attribute> attributes, NameServers nameServers, boolean updownHasNameServers) {
    private static final String ATTR = "plugins.attr";
    private static final String RESOLVE = "plugins.resolve.";

    public ConfigPayloadConf {
        attributes = List.copyOf(attributes);
    }

    /// Where name servers go that a peer gave us.
    ///
    /// @param install they are used at all
    /// @param resolvconf the program that takes them in place of the file; empty for charon's
    ///   default, which is used if it is there
    /// @param label under which the program keeps them
    /// @param labelPrefix if set, the program gets each server by itself, under this and its
    ///   address
    public record NameServers(
            boolean install,
            Path file,
            Optional<Path> resolvconf,
            String label,
            Optional<String> labelPrefix) {}

    static ConfigPayloadConf of(SettingsSection charon) {
        return new ConfigPayloadConf(
                attributes(charon),
                new NameServers(
                        charon.bool(RESOLVE + "load", true),
                        Path.of(charon.text(RESOLVE + "file").orElse("/etc/resolv.conf")),
                        charon.text(RESOLVE + "resolvconf.path").map(Path::of),
                        charon.text(RESOLVE + "resolvconf.iface").orElse("lo.ipsec"),
                        charon.text(RESOLVE + "resolvconf.iface_prefix")),
                charon.bool("plugins.updown.dns_handler", false));
    }

    private static List<Attribute> attributes(SettingsSection charon) {
        var all = new ArrayList<Attribute>();
        for (String key : List.of("dns1", "dns2", "nbns1", "nbns2")) {
            String name = key.substring(0, key.length() - 1);
            charon.text(key).ifPresent(value -> all.add(new Attribute(name, value)));
        }
        if (charon.bool(ATTR + ".load", true)) {
            charon.section(ATTR).map(SettingsSection::settings).orElse(List.of()).stream()
                    .filter(setting -> !setting.key().equals("load"))
                    .forEach(setting -> add(setting.key(), setting.text(), all));
        }
        return all;
    }

    /// The plugin writes with `-` what pools write with `_`.
    private static void add(String key, String values, List<Attribute> to) {
        for (String value : values.split(",", -1)) {
            if (!value.isBlank()) to.add(new Attribute(key.replace('-', '_'), value.strip()));
        }
    }
}
