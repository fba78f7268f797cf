package org.keyferry.daemon.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.keyferry.daemon.config.ConnectionChange.Kind;
import org.keyferry.daemon.shard.Shards.Placed;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Child;

/// What a change of a connection does to SAs and traps: start actions of former children are
/// undone, those of present ones are run. Nothing else is touched.
public final class Touches {
    /// Tells the running SAs of a connection.
    @FunctionalInterface
    public interface Running {
        List<Placed> of(String connection);
    }

    private static final String CONNECTING = "CONNECTING";

    private Touches() {}

    /// @param running asked only if a start action is to be undone
    public static List<Touch> of(ConnectionChange change, Running running) {
        var touches = new ArrayList<Touch>();
        Set<String> toClose = names(change.undone(), Action.START);
        if (!toClose.isEmpty()) {
            for (Placed sa : running.of(change.name())) {
                close(sa, toClose, change.kind() != Kind.CHILDREN, touches);
            }
        }
        for (String child : names(change.undone(), Action.TRAP)) {
            touches.add(Touch.of(Touch.Action.UNINSTALL_TRAP, change.name(), child));
        }
        for (String child : names(change.started(), Action.TRAP)) {
            touches.add(Touch.of(Touch.Action.INSTALL_TRAP, change.name(), child));
        }
        for (String child : names(change.started(), Action.START)) {
            touches.add(Touch.of(Touch.Action.INITIATE, change.name(), child));
        }
        return touches;
    }

    private static Set<String> names(List<Child> children, Action action) {
        return children.stream()
                .filter(child -> child.startAction().contains(action))
                .map(Child::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /// An IKE_SA that would be left without children goes with them.
    ///
    /// @param attempts whether a set-up that is under way is given up, too
    private static void close(
            Placed placed, Set<String> children, boolean attempts, List<Touch> touches) {
        IkeView ike = placed.view();
        String name = ike.connection().name();
        List<ChildView> closed =
                ike.children().stream()
                        .filter(child -> children.contains(child.installation().config().name()))
                        .toList();
        boolean attempt =
                attempts
                        && ike.initiator()
                        && ike.children().isEmpty()
                        && ike.state().equals(CONNECTING);
        for (ChildView child : closed) {
            var installation = child.installation();
            touches.add(
                    Touch.closeChild(
                            placed.shard(),
                            name,
                            ike.uniqueId(),
                            installation.config().name(),
                            installation.childUniqueId()));
        }
        if (attempt || (!closed.isEmpty() && closed.size() == ike.children().size())) {
            touches.add(Touch.closeIke(placed.shard(), name, ike.uniqueId()));
        }
    }
}
