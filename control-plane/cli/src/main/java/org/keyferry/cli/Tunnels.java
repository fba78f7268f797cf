package org.keyferry.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;

/// What is configured and what of it is up: list-conns and list-sas brought together, connections
/// in the daemon's order, then those that have SAs but no configuration any more.
record Tunnels(List<Connection> connections) {
    /// States of a child SA in which it carries traffic.
    private static final Set<String> CARRYING =
            Set.of("INSTALLED", "UPDATING", "REKEYING", "REKEYED");

    private static final Set<String> ALIVE = Set.of("ESTABLISHED", "REKEYING", "REKEYED");

    /// @param config body of list-conn's section; absent once unloaded
    /// @param ikeSas bodies of list-sa's sections
    record Connection(String name, Optional<ViciMessage> config, List<ViciMessage> ikeSas) {
        boolean isUp() {
            return ikeSas.stream().anyMatch(sa -> ALIVE.contains(sa.getString("state", "")));
        }

        /// Those configured, in order, then those that only have SAs.
        List<Child> children() {
            Map<String, ViciMessage> configs = new LinkedHashMap<>();
            config.flatMap(c -> c.section("children"))
                    .ifPresent(c -> c.sections().forEach(s -> configs.put(s.name(), s.body())));
            Set<String> names = new LinkedHashSet<>(configs.keySet());
            childSas().forEach(sa -> names.add(sa.getString("name", "")));
            return names.stream()
                    .map(
                            child ->
                                    new Child(
                                            child,
                                            Optional.ofNullable(configs.get(child)),
                                            childSas().filter(sa -> isNamed(sa, child)).toList()))
                    .toList();
        }

        private Stream<ViciMessage> childSas() {
            return ikeSas.stream().flatMap(Tunnels::childSas);
        }

        private static boolean isNamed(ViciMessage childSa, String name) {
            return childSa.getString("name", "").equals(name);
        }
    }

    /// @param config body of list-conn's section; absent once unloaded
    /// @param sas bodies of list-sa's sections
    record Child(String name, Optional<ViciMessage> config, List<ViciMessage> sas) {
        /// A policy that lets packets pass or drops them: it never has an SA.
        boolean isShunt() {
            return config.map(c -> c.getString("mode", ""))
                    .filter(mode -> mode.equals("PASS") || mode.equals("DROP"))
                    .isPresent();
        }

        boolean isUp() {
            return sas.stream().anyMatch(sa -> CARRYING.contains(sa.getString("state", "")));
        }
    }

    static Stream<ViciMessage> childSas(ViciMessage ikeSa) {
        return ikeSa.section("child-sas").stream()
                .flatMap(sas -> sas.sections().stream())
                .map(ViciMessage.Section::body);
    }

    static Tunnels fetch(ViciClient client) throws ViciException {
        var configs = new LinkedHashMap<String, ViciMessage>();
        client.stream(
                "list-conns",
                "list-conn",
                ViciMessage.EMPTY,
                event -> event.sections().forEach(s -> configs.put(s.name(), s.body())));
        Map<String, List<ViciMessage>> ikeSas = fetchIkeSas(client);
        Set<String> names = new LinkedHashSet<>(configs.keySet());
        names.addAll(ikeSas.keySet());
        return new Tunnels(
                names.stream()
                        .map(
                                name ->
                                        new Connection(
                                                name,
                                                Optional.ofNullable(configs.get(name)),
                                                ikeSas.getOrDefault(name, List.of())))
                        .toList());
    }

    /// By connection name.
    static Map<String, List<ViciMessage>> fetchIkeSas(ViciClient client) throws ViciException {
        var ikeSas = new LinkedHashMap<String, List<ViciMessage>>();
        client.stream(
                "list-sas",
                "list-sa",
                ViciMessage.EMPTY,
                event ->
                        event.sections()
                                .forEach(
                                        s ->
                                                ikeSas.computeIfAbsent(
                                                                s.name(), _ -> new ArrayList<>())
                                                        .add(s.body())));
        return ikeSas;
    }
}
