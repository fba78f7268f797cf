package org.keyferry.daemon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keyferry.daemon.config.ConfigStore;
import org.keyferry.daemon.config.ConnectionChange;
import org.keyferry.daemon.config.ConnectionChange.Kind;
import org.keyferry.daemon.config.Publisher;
import org.keyferry.daemon.config.Touch;
import org.keyferry.daemon.config.Touch.Action;
import org.keyferry.daemon.config.Touches;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.policies.StandingPolicies;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.daemon.shard.Shards.Placed;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.model.Connection;

/// Changes connections, or tells what a change would do. One change at a time; any thread.
public final class Reload {
    private static final long NOBODY_WAITS = 0;

    private final ConfigStore store;
    private final Publisher publisher;
    private final Initiator initiator;
    private final Shards shards;
    private final StandingPolicies policies;
    private final Log log;

    Reload(
            ConfigStore store,
            Publisher publisher,
            Initiator initiator,
            Shards shards,
            StandingPolicies policies,
            Log log) {
        this.store = store;
        this.publisher = publisher;
        this.initiator = initiator;
        this.shards = shards;
        this.policies = policies;
        this.log = log;
    }

    /// Takes a connection in place of the one of the same name.
    public synchronized ConnectionChange load(Connection connection) {
        ConnectionChange change = store.changeBy(connection);
        act(List.of(change), shards::viewsOf, () -> store.load(connection));
        return change;
    }

    /// @return whether there was one
    public synchronized boolean unload(String name) {
        Optional<Connection> former = store.connection(name);
        if (former.isPresent()) {
            var change = new ConnectionChange(former, Optional.empty());
            act(List.of(change), shards::viewsOf, () -> store.unload(name));
        }
        return former.isPresent();
    }

    /// Takes the content of swanctl.conf in place of what came from it before.
    public synchronized void replaceFile(LoadedConf file) {
        List<ConnectionChange> changes = store.changesBy(file);
        act(changes, runningNow(), () -> store.replaceFile(file));
        publisher.changed(); // secrets, too
    }

    /// What loading these connections would change.
    ///
    /// @param complete whether connections that are not among them would be removed
    public synchronized List<ConnectionChange> plan(List<Connection> next, boolean complete) {
        var changes = new ArrayList<ConnectionChange>();
        next.forEach(connection -> changes.add(store.changeBy(connection)));
        if (complete) {
            Set<String> names = next.stream().map(Connection::name).collect(Collectors.toSet());
            for (Connection former : store.connections()) {
                if (!names.contains(former.name())) {
                    changes.add(new ConnectionChange(Optional.of(former), Optional.empty()));
                }
            }
        }
        return changes;
    }

    /// What changes would touch now.
    public List<Touch> touches(List<ConnectionChange> changes) {
        return touches(changes, runningNow());
    }

    private static List<Touch> touches(List<ConnectionChange> changes, Touches.Running running) {
        return changes.stream().flatMap(change -> Touches.of(change, running).stream()).toList();
    }

    /// All SAs as they are at this moment: for many connections at once.
    private Touches.Running runningNow() {
        Map<String, List<Placed>> byConnection =
                shards.views().stream()
                        .collect(Collectors.groupingBy(sa -> sa.view().connection().name()));
        return name -> byConnection.getOrDefault(name, List.of());
    }

    /// Looks for what is touched before anything can come up by the new configuration.
    private void act(
            List<ConnectionChange> changes, Touches.Running running, Runnable changeOfStore) {
        List<Touch> touches = touches(changes, running);
        changeOfStore.run();
        if (changes.stream().anyMatch(change -> change.kind() != Kind.UNCHANGED)) {
            publisher.changed();
        }
        undo(touches);
        // a trap comes before the start, so that no packet leaves in the clear meanwhile
        of(touches, Action.INSTALL_TRAP).forEach(this::install);
        of(touches, Action.INITIATE).forEach(this::initiate);
    }

    private static List<Touch> of(List<Touch> touches, Action action) {
        return touches.stream().filter(touch -> touch.action() == action).toList();
    }

    private void undo(List<Touch> touches) {
        Set<Integer> whole = new HashSet<>();
        for (Touch touch : touches) {
            if (touch.action() == Action.CLOSE && touch.childId().isEmpty()) {
                whole.add(touch.ikeId().getAsInt());
            }
        }
        for (Touch touch : touches) {
            switch (touch.action()) {
                case UNINSTALL_TRAP -> uninstall(touch, touches);
                case CLOSE -> close(touch, whole);
                case INSTALL_TRAP, INITIATE -> {}
            }
        }
    }

    /// @param whole IKE_SAs that go with all their children
    private void close(Touch touch, Set<Integer> whole) {
        int ikeId = touch.ikeId().getAsInt();
        if (touch.childId().isEmpty()) {
            log.log(
                    Group.CFG,
                    1,
                    "closing IKE_SA %s[%d], as its configuration was changed",
                    touch.ike(),
                    ikeId);
            shards.give(touch.shard(), new Input.TerminateIke(NOBODY_WAITS, ikeId, false));
        } else if (!whole.contains(ikeId)) {
            int childId = touch.childId().getAsInt();
            log.log(
                    Group.CFG,
                    1,
                    "closing CHILD_SA %s{%d}, as its configuration was changed",
                    touch.child(),
                    childId);
            shards.give(touch.shard(), new Input.TerminateChild(NOBODY_WAITS, childId, false));
        }
    }

    /// One that is installed anew stays until the new one takes its place.
    private void uninstall(Touch touch, List<Touch> touches) {
        boolean anew =
                of(touches, Action.INSTALL_TRAP).stream()
                        .anyMatch(
                                other ->
                                        other.ike().equals(touch.ike())
                                                && other.child().equals(touch.child()));
        if (!anew) {
            policies.uninstall(Optional.of(touch.ike()), touch.child());
        }
    }

    private void initiate(Touch touch) {
        store.connection(touch.ike()).ifPresent(now -> initiator.want(now, touch.child()));
    }

    private void install(Touch touch) {
        store.connection(touch.ike())
                .ifPresent(
                        now ->
                                now.child(touch.child())
                                        .flatMap(child -> policies.install(now, child))
                                        .ifPresent(
                                                reason ->
                                                        log.log(
                                                                Group.CFG,
                                                                0,
                                                                "installing policy %s of %s"
                                                                        + " failed: %s",
                                                                touch.child(),
                                                                touch.ike(),
                                                                reason)));
    }
}
