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

        /// Shunts need nothing to be up.
        boolean isWhollyUp() {
            List<Child> children = children();
            boolean onlyShunts = children.stream().allMatch(Child::isShunt) && !children.isEmpty();
            return (isUp() || onlyShunts)
                    && children.stream().allMatch(child -> child.isUp() || child.isShunt());
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

    /// Those of which the IKE SA or a child is not up. Traps and shunts are never down.
    Tunnels down() {
        return new Tunnels(
                connections.stream().filter(connection -> !connection.isWhollyUp()).toList());
    }

    /// @param ike the only connection to ask for; null for all
    static Tunnels fetch(ViciClient client, String ike, Progress progress) throws ViciException {
        var request = ViciMessage.builder();
        DaemonCommand.putIfGiven(request, "ike", ike);
        var configs = new LinkedHashMap<String, ViciMessage>();
        client.stream(
                "list-conns",
                "list-conn",
                request.build(),
                event -> {
                    event.sections().forEach(s -> configs.put(s.name(), s.body()));
                    progress.at("connections", configs.size(), 0);
                });
        var ikeSas = new LinkedHashMap<String, List<ViciMessage>>();
        long[] count = {0};
        client.stream(
                "list-sas",
                "list-sa",
                request.build(),
                event -> {
                    add(ikeSas, event);
                    progress.at("IKE SAs", ++count[0], 0);
                });
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
        client.stream("list-sas", "list-sa", ViciMessage.EMPTY, event -> add(ikeSas, event));
        return ikeSas;
    }

    private static void add(Map<String, List<ViciMessage>> ikeSas, ViciMessage event) {
        for (ViciMessage.Section sa : event.sections()) {
            ikeSas.computeIfAbsent(sa.name(), _ -> new ArrayList<>()).add(sa.body());
        }
    }
}
