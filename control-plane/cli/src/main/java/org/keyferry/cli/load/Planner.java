package org.keyferry.cli.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.cli.load.Change.Fate;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciValue;

/// Finds out what `Loader` would do, and changes nothing.
public final class Planner {
    private final Asking daemon;
    private final Report report;
    private final List<Change> changes = new ArrayList<>();

    public Planner(ViciClient client, Report report) {
        this.daemon = new Asking(client);
        this.report = report;
    }

    /// @throws ViciException if the daemon does not answer
    public Plan plan(Wanted wanted, boolean clear) throws ViciException {
        wanted.failures().forEach(report::failed);
        if (wanted.has(Part.CREDS)) {
            planCertificates(wanted.credentials().certificates(), clear);
            planKeys(wanted.credentials(), clear);
            planSecrets(wanted.credentials(), clear);
        }
        if (wanted.has(Part.AUTHORITIES)) {
            planAuthorities(wanted);
        }
        if (wanted.has(Part.POOLS)) {
            planPools(wanted);
        }
        if (!wanted.has(Part.CONNS)) {
            return new Plan(changes, Optional.empty(), Optional.empty(), List.of());
        }
        List<Section> sas = stream("list-sas", "list-sa");
        try {
            var planner =
                    new ConnectionPlanner(daemon, wanted.names().connections(), report::failed);
            ConnectionPlan plan = planner.plan(wanted.connections());
            return new Plan(changes, Optional.of(plan), Optional.empty(), sas);
        } catch (ViciException e) {
            if (e.kind() != ViciException.Kind.UNKNOWN_COMMAND) {
                throw e;
            }
            planConnectionsByName(wanted);
            return new Plan(changes, Optional.empty(), Optional.of(e.getMessage()), sas);
        }
    }

    /// Certificates are recognized by their bytes. The daemon has no way of removing one.
    private void planCertificates(List<Credentials.Item> items, boolean clear)
            throws ViciException {
        Set<ViciValue> known = new HashSet<>();
        daemon.client().stream(
                "list-certs",
                "list-cert",
                ViciMessage.EMPTY,
                event -> event.getValue("data").ifPresent(known::add));
        int before = known.size();
        var written = new HashSet<ViciValue>();
        for (Credentials.Item item : items) {
            ViciValue data = item.request().getValue("data").orElseThrow();
            written.add(data);
            add(item, known.contains(data) ? Fate.UNCHANGED : Fate.ADDED);
        }
        known.removeAll(written);
        if (clear && !known.isEmpty()) {
            String name = known.size() + " of " + before + " that the daemon holds";
            changes.add(new Change(Kind.CERTIFICATE, name, Fate.REMOVED, List.of("--clear")));
        }
    }

    private void planKeys(Credentials credentials, boolean clear) throws ViciException {
        var gone = new LinkedHashSet<>(daemon.names("get-keys", "keys"));
        for (Credentials.Item item : credentials.keys()) {
            if (item.id().isEmpty()) {
                add(item, Fate.LOADED_AGAIN);
            } else {
                add(item, gone.remove(item.id().get()) ? Fate.UNCHANGED : Fate.ADDED);
            }
        }
        if (clear || credentials.allKeysRead()) {
            remove(Kind.KEY, gone);
        } else if (!gone.isEmpty()) {
            report.note(
                    "no key would be removed from the daemon: some could not be read, so nobody"
                            + " can tell which are gone");
        }
    }

    private void planSecrets(Credentials credentials, boolean clear) throws ViciException {
        var gone = new LinkedHashSet<>(daemon.names("get-shared", "keys"));
        for (Credentials.Item item : credentials.secrets()) {
            add(item, gone.contains(item.name()) ? Fate.LOADED_AGAIN : Fate.ADDED);
        }
        if (clear) {
            credentials.secrets().forEach(item -> gone.remove(item.name()));
        } else {
            gone.removeAll(credentials.secretNames());
        }
        remove(Kind.SECRET, gone);
    }

    private void planAuthorities(Wanted wanted) throws ViciException {
        var gone = new LinkedHashSet<>(daemon.names("get-authorities", "authorities"));
        List<Section> loaded =
                gone.isEmpty() ? List.of() : stream("list-authorities", "list-authority");
        for (Entry entry : wanted.authorities()) {
            Optional<ViciMessage> before =
                    loaded.stream()
                            .filter(section -> section.name().equals(entry.name()))
                            .map(Section::body)
                            .findFirst();
            List<String> differing = before.map(b -> differing(b, entry.body())).orElse(List.of());
            Fate fate =
                    !gone.contains(entry.name())
                            ? Fate.ADDED
                            : differing.isEmpty() ? Fate.LOADED_AGAIN : Fate.REPLACED;
            changes.add(new Change(Kind.AUTHORITY, entry.name(), fate, differing));
        }
        gone.removeAll(wanted.names().authorities());
        remove(Kind.AUTHORITY, gone);
    }

    /// The certificate itself is shown by its subject only, so it is not compared.
    private static List<String> differing(ViciMessage before, ViciMessage after) {
        var differing = new ArrayList<String>();
        for (String list : List.of("crl_uris", "ocsp_uris")) {
            if (!before.getStrings(list).equals(after.getStrings(list))) {
                differing.add(list);
            }
        }
        if (!before.getString("cert_uri_base").equals(after.getString("cert_uri_base"))) {
            differing.add("cert_uri_base");
        }
        return differing;
    }

    private void planPools(Wanted wanted) throws ViciException {
        List<Section> loaded = daemon.ask("get-pools").sections();
        var gone = new LinkedHashSet<String>();
        loaded.forEach(pool -> gone.add(pool.name()));
        for (Entry entry : wanted.pools()) {
            Fate fate = gone.contains(entry.name()) ? Fate.LOADED_AGAIN : Fate.ADDED;
            changes.add(new Change(Kind.POOL, entry.name(), fate, leases(loaded, entry.name())));
        }
        gone.removeAll(wanted.names().pools());
        for (String name : gone) {
            changes.add(new Change(Kind.POOL, name, Fate.REMOVED, leases(loaded, name)));
        }
    }

    /// The daemon neither replaces nor removes a pool whose addresses are in use.
    private static List<String> leases(List<Section> pools, String name) {
        return pools.stream()
                .filter(pool -> pool.name().equals(name))
                .map(pool -> pool.body().getLong("online", 0))
                .filter(online -> online > 0)
                .map(online -> online + " leases online: the daemon may refuse")
                .toList();
    }

    /// All that can be told without the daemon's help.
    private void planConnectionsByName(Wanted wanted) throws ViciException {
        var gone = new LinkedHashSet<>(daemon.names("get-conns", "conns"));
        for (Entry entry : wanted.connections()) {
            Fate fate = gone.contains(entry.name()) ? Fate.LOADED_AGAIN : Fate.ADDED;
            changes.add(new Change(Kind.CONNECTION, entry.name(), fate, List.of()));
        }
        gone.removeAll(wanted.names().connections());
        remove(Kind.CONNECTION, gone);
    }

    private List<Section> stream(String command, String event) throws ViciException {
        var found = new ArrayList<Section>();
        daemon.client().stream(
                command, event, ViciMessage.EMPTY, message -> found.addAll(message.sections()));
        return found;
    }

    private void add(Credentials.Item item, Fate fate) {
        changes.add(new Change(item.kind(), item.name(), fate, List.of()));
    }

    private void remove(Kind kind, Set<String> names) {
        names.forEach(name -> changes.add(new Change(kind, name, Fate.REMOVED, List.of())));
    }
}
