package org.keyferry.daemon.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;

/// What a load does to one connection. Planning it and doing it read the same record.
///
/// @param before empty if the connection is new
/// @param now empty if it is removed
public record ConnectionChange(Optional<Connection> before, Optional<Connection> now) {
    public enum Kind {
        ADDED,
        REMOVED,
        UNCHANGED,
        /// Nothing but children differs: other children are left alone.
        CHILDREN,
        /// The connection itself differs: all its children start anew.
        REPLACED
    }

    public enum ChildChange {
        ADDED,
        REMOVED,
        CHANGED,
        UNCHANGED
    }

    public ConnectionChange {
        if (before.isEmpty() && now.isEmpty()) {
            throw new IllegalArgumentException("no connection at all");
        }
    }

    public String name() {
        return now.or(() -> before).orElseThrow().name();
    }

    public Kind kind() {
        if (before.isEmpty()) {
            return Kind.ADDED;
        }
        if (now.isEmpty()) {
            return Kind.REMOVED;
        }
        if (before.equals(now)) {
            return Kind.UNCHANGED;
        }
        return before.get().equalsButChildren(now.get()) ? Kind.CHILDREN : Kind.REPLACED;
    }

    /// Each child of either side, those that stay first.
    public SequencedMap<String, ChildChange> children() {
        var children = new LinkedHashMap<String, ChildChange>();
        Map<String, Child> former = byName(before);
        byName(now)
                .forEach(
                        (name, child) -> {
                            Child same = former.remove(name);
                            children.put(name, change(same, child));
                        });
        former.keySet().forEach(name -> children.put(name, ChildChange.REMOVED));
        return children;
    }

    private static ChildChange change(Child before, Child now) {
        if (before == null) {
            return ChildChange.ADDED;
        }
        return before.equals(now) ? ChildChange.UNCHANGED : ChildChange.CHANGED;
    }

    private static Map<String, Child> byName(Optional<Connection> connection) {
        var byName = new LinkedHashMap<String, Child>();
        connection.ifPresent(c -> c.children().forEach(child -> byName.put(child.name(), child)));
        return byName;
    }

    /// Options that differ, such as `rekey_time` and `children.net.esp_proposals`.
    public List<String> changedOptions() {
        var options = new ArrayList<String>();
        if (before.isPresent() && now.isPresent()) {
            options.addAll(OptionDiff.ofConnection(before.get(), now.get()));
            for (Child child : now.get().children()) {
                before.get()
                        .child(child.name())
                        .ifPresent(former -> options.addAll(OptionDiff.ofChild(former, child)));
            }
        }
        return options;
    }

    /// Former children whose start action must be undone.
    public List<Child> undone() {
        return switch (kind()) {
            case ADDED, UNCHANGED -> List.of();
            case REMOVED, REPLACED -> before.orElseThrow().children();
            case CHILDREN -> unless(ChildChange.UNCHANGED, ChildChange.ADDED, before.orElseThrow());
        };
    }

    /// Present children whose start action must be run.
    public List<Child> started() {
        return switch (kind()) {
            case REMOVED, UNCHANGED -> List.of();
            case ADDED, REPLACED -> now.orElseThrow().children();
            case CHILDREN -> unless(ChildChange.UNCHANGED, ChildChange.REMOVED, now.orElseThrow());
        };
    }

    private List<Child> unless(ChildChange one, ChildChange other, Connection of) {
        Map<String, ChildChange> children = children();
        return of.children().stream()
                .filter(child -> children.get(child.name()) != one)
                .filter(child -> children.get(child.name()) != other)
                .toList();
    }
}
