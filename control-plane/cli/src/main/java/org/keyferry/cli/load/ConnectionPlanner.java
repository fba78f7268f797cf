package org.keyferry.cli.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.cli.load.Asking.Refused;
import org.keyferry.cli.load.ConnectionPlan.Replaced;
import org.keyferry.cli.load.ConnectionPlan.Touched;
import org.keyferry.settings.Origin;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.KeyValue;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciPacket;

/// Asks the daemon for its plan. A large configuration does not fit into one message: it is asked
/// about in pieces, then for what an empty configuration would remove, of which counts what is not
/// written down.
final class ConnectionPlanner {
    private static final String COMMAND = "plan-conns";

    /// What a piece may have, so that the frame around it fits, too.
    private static final int MAX_PIECE_BYTES = 400 * 1024;

    private final Asking daemon;
    private final Set<String> written;
    private final Consumer<LoadFailure> failures;
    private final List<String> added = new ArrayList<>();
    private final List<String> unchanged = new ArrayList<>();
    private final List<Replaced> replaced = new ArrayList<>();
    private final List<Touched> touched = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();

    /// @param written names of all connections of the file, also of those that cannot be sent
    ConnectionPlanner(Asking daemon, Set<String> written, Consumer<LoadFailure> failures) {
        this.daemon = daemon;
        this.written = written;
        this.failures = failures;
    }

    /// @throws ViciException `UNKNOWN_COMMAND` if this daemon cannot plan
    ConnectionPlan plan(List<Entry> entries) throws ViciException {
        List<List<Entry>> pieces = pieces(entries);
        if (pieces.size() > 1 || !askForAll(pieces.isEmpty() ? List.of() : pieces.getFirst())) {
            for (List<Entry> piece : pieces) {
                ask(piece);
            }
            askForAll(List.of());
        }
        return new ConnectionPlan(added, removed, unchanged, replaced, touched);
    }

    private List<List<Entry>> pieces(List<Entry> entries) {
        var pieces = new ArrayList<List<Entry>>();
        int bytes = MAX_PIECE_BYTES;
        for (Entry entry : entries) {
            if (!Asking.fits("load-conn", entry.request())) {
                failures.accept(entry.refused("larger than a VICI message may be (512 KiB)"));
                continue;
            }
            int size = size(entry);
            if (bytes + size > MAX_PIECE_BYTES) {
                pieces.add(new ArrayList<>());
                bytes = 0;
            }
            pieces.getLast().add(entry);
            bytes += size;
        }
        return pieces;
    }

    private static int size(Entry entry) {
        return new ViciPacket.CommandRequest("", entry.request()).encode().length;
    }

    /// If the daemon refuses one of several, each is asked about alone to find it.
    private void ask(List<Entry> piece) throws ViciException {
        try {
            take(change(piece, false));
        } catch (Refused refused) {
            if (piece.size() == 1) {
                failures.accept(piece.getFirst().refused(refused.getMessage()));
                return;
            }
            for (Entry entry : piece) {
                ask(List.of(entry));
            }
        }
    }

    /// Asks about a complete configuration: what is not in it is removed.
    ///
    /// @return false if the daemon refused
    private boolean askForAll(List<Entry> entries) throws ViciException {
        try {
            ViciMessage answer = change(entries, true);
            if (!entries.isEmpty()) {
                take(answer);
            }
            takeRemovals(answer);
            return true;
        } catch (Refused refused) {
            if (entries.isEmpty()) {
                failures.accept(
                        new LoadFailure(
                                new Origin(COMMAND, 0), "connections", refused.getMessage()));
            }
            return false;
        }
    }

    private void take(ViciMessage answer) {
        added.addAll(answer.getStrings("added"));
        unchanged.addAll(answer.getStrings("unchanged"));
        sections(answer, "replaced").forEach(section -> replaced.add(replaced(section)));
        for (Touched one : touched(answer)) {
            if (written.contains(one.ike())) {
                touched.add(one);
            }
        }
    }

    private void takeRemovals(ViciMessage answer) {
        var gone = new HashSet<>(answer.getStrings("removed"));
        gone.removeAll(written);
        answer.getStrings("removed").stream().filter(gone::contains).forEach(removed::add);
        for (Touched one : touched(answer)) {
            if (gone.contains(one.ike())) {
                touched.add(one);
            }
        }
    }

    private ViciMessage change(List<Entry> entries, boolean complete)
            throws Refused, ViciException {
        var conns = ViciMessage.builder();
        entries.forEach(entry -> conns.section(entry.name(), entry.body()));
        var request = ViciMessage.builder().section("conns", conns.build());
        ViciMessage answer =
                daemon.client().request(COMMAND, request.flag("complete", complete).build());
        if (!answer.getBool("success", true)) {
            throw new Refused(answer.getString("errmsg", "the daemon refused it"));
        }
        return answer;
    }

    private static List<Section> sections(ViciMessage answer, String name) {
        return answer.section(name).map(ViciMessage::sections).orElse(List.of());
    }

    private static Replaced replaced(Section section) {
        Map<String, String> children = new LinkedHashMap<>();
        section.body()
                .section("children")
                .ifPresent(
                        all -> {
                            for (ViciMessage.Element element : all.elements()) {
                                if (element instanceof KeyValue(var child, var fate)) {
                                    children.put(child, fate.text());
                                }
                            }
                        });
        return new Replaced(section.name(), section.body().getStrings("changed"), children);
    }

    private static List<Touched> touched(ViciMessage answer) {
        return sections(answer, "touched").stream()
                .map(Section::body)
                .map(
                        body ->
                                new Touched(
                                        body.getString("ike", ""),
                                        body.getString("ike-id", ""),
                                        body.getString("child", ""),
                                        body.getString("child-id", ""),
                                        body.getString("action", "")))
                .toList();
    }
}
