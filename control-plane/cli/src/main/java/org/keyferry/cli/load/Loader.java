package org.keyferry.cli.load;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.keyferry.cli.load.Asking.Refused;
import org.keyferry.settings.Origin;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;

/// Sends a configuration as `swanctl --load-all` does: credentials, authorities, pools,
/// connections, and of each kind takes away what is not written down any more. What the daemon
/// refuses stops nothing else.
public final class Loader {
    private final Asking daemon;
    private final Report report;

    public Loader(ViciClient client, Report report) {
        this.daemon = new Asking(client);
        this.report = report;
    }

    /// Loads what was read. Tells the failures of reading, too.
    ///
    /// @param clear whether the daemon forgets all credentials first, those that it cached included
    /// @throws ViciException if the daemon does not answer; what was sent until then is loaded
    public void load(Wanted wanted, boolean clear) throws ViciException {
        wanted.failures().forEach(report::failed);
        if (wanted.has(Part.CREDS)) {
            loadCredentials(wanted.credentials(), clear);
        }
        if (wanted.has(Part.AUTHORITIES)) {
            List<String> before = daemon.names("get-authorities", "authorities");
            loadEntries("load-authority", Kind.AUTHORITY, wanted.authorities());
            unload(
                    "unload-authority",
                    "name",
                    Kind.AUTHORITY,
                    before,
                    wanted.names().authorities());
        }
        if (wanted.has(Part.POOLS)) {
            List<String> before = daemon.sections("get-pools");
            loadEntries("load-pool", Kind.POOL, wanted.pools());
            unload("unload-pool", "name", Kind.POOL, before, wanted.names().pools());
        }
        if (wanted.has(Part.CONNS)) {
            List<String> before = daemon.names("get-conns", "conns");
            loadEntries("load-conn", Kind.CONNECTION, wanted.connections());
            unload("unload-conn", "name", Kind.CONNECTION, before, wanted.names().connections());
        }
    }

    private void loadCredentials(Credentials credentials, boolean clear) throws ViciException {
        if (clear) {
            try {
                daemon.change("clear-creds", ViciMessage.EMPTY);
            } catch (Refused refused) {
                report.failed(
                        new LoadFailure(
                                new Origin("clear-creds", 0), "credentials", refused.getMessage()));
            }
        }
        List<String> keysBefore = daemon.names("get-keys", "keys");
        List<String> secretsBefore = daemon.names("get-shared", "keys");
        loadItems(credentials.certificates());
        Set<String> keys = loadItems(credentials.keys());
        loadItems(credentials.secrets());
        if (credentials.allKeysRead()) {
            unload("unload-key", "id", Kind.KEY, keysBefore, keys);
        } else if (!keys.containsAll(keysBefore)) {
            report.note(
                    "no key was removed from the daemon: some could not be read, so nobody can"
                            + " tell which are gone");
        }
        unload("unload-shared", "id", Kind.SECRET, secretsBefore, credentials.secretNames());
    }

    /// The ids of all, loaded or not.
    private Set<String> loadItems(List<Credentials.Item> items) throws ViciException {
        var ids = new LinkedHashSet<String>();
        int done = 0;
        for (Credentials.Item item : items) {
            item.id().ifPresent(ids::add);
            try {
                ViciMessage answer = daemon.change(item.command(), item.request());
                answer.getString("id").ifPresent(ids::add);
                report.loaded(item.kind(), item.name());
            } catch (Refused refused) {
                report.failed(item.refused(refused.getMessage()));
            }
            report.progress(item.kind(), ++done, items.size());
        }
        return ids;
    }

    private void loadEntries(String command, Kind kind, List<Entry> entries) throws ViciException {
        int done = 0;
        for (Entry entry : entries) {
            try {
                daemon.change(command, entry.request());
                report.loaded(kind, entry.name());
            } catch (Refused refused) {
                report.failed(entry.refused(refused.getMessage()));
            }
            report.progress(kind, ++done, entries.size());
        }
    }

    private void unload(
            String command, String key, Kind kind, List<String> before, Set<String> wanted)
            throws ViciException {
        for (String name : before) {
            if (wanted.contains(name)) {
                continue;
            }
            try {
                daemon.change(command, ViciMessage.builder().put(key, name).build());
                report.removed(kind, name);
            } catch (Refused refused) {
                report.failed(
                        new LoadFailure(
                                new Origin(command, 0),
                                kind.plural() + "." + name,
                                refused.getMessage()));
            }
        }
    }
}
