package org.keyferry.daemon.policies;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.PeerAddresses;
import org.keyferry.daemon.config.ConfigStore;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.dataplane.PolicySource;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Ids;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;

/// All traps and shunts. They stay under the CHILD_SAs that come and go. Methods may block for name
/// resolution and the kernel; any thread.
public final class PolicyManager implements StandingPolicies, AutoCloseable {
    /// @param trap what its CHILD_SAs take over; empty for shunts
    record Installed(Plan plan, PolicySource source, Optional<Ids.Trap> trap) {}

    private final PeerAddresses addresses;
    private final Dataplane dataplane;
    private final Ids ids;
    private final Log log;
    private final Map<String, Installed> installed = new LinkedHashMap<>();

    public PolicyManager(PeerAddresses addresses, Dataplane dataplane, Ids ids, Log log) {
        this.addresses = addresses;
        this.dataplane = dataplane;
        this.ids = ids;
        this.log = log;
    }

    @Override
    public Optional<String> install(Connection connection, Child child) {
        try {
            install(Plan.of(connection, child, addresses));
            return Optional.empty();
        } catch (NotInstalled e) {
            return Optional.of(e.getMessage());
        }
    }

    private void install(Plan plan) throws NotInstalled {
        Child child = plan.child();
        synchronized (this) {
            Installed former = installed.get(plan.name());
            if (former != null && former.plan().equals(plan)) {
                return;
            }
            Installed next = Plan.isShunt(child) ? shunt(plan) : trap(plan);
            KernelAnswer answer = dataplane.install(next.source()).join();
            if (answer instanceof KernelAnswer.Refused(_, String text)) {
                release(next);
                // the former one is gone from the dataplane as well
                installed.remove(plan.name());
                Optional.ofNullable(former).ifPresent(this::release);
                throw new NotInstalled(text);
            }
            installed.put(plan.name(), next);
            Optional.ofNullable(former).ifPresent(this::release);
            next.trap()
                    .ifPresent(trap -> ids.trapped(plan.connection().name(), child.name(), trap));
        }
        log.log(
                Group.CHD,
                1,
                "installed %s %s: %s === %s",
                Plan.isShunt(child) ? "shunt" : "trap",
                plan.name(),
                plan.localTs(),
                plan.remoteTs());
    }

    /// Because an engine wants packets to bring a child up again that is lost.
    public void trap(ConfigStore store, Effect.Trap wish) {
        store.connection(wish.connection().name())
                .ifPresent(
                        now ->
                                now.child(wish.child())
                                        .filter(c -> !isInstalled(now.name(), c.name()))
                                        .flatMap(child -> install(now, child))
                                        .ifPresent(
                                                why ->
                                                        log.log(
                                                                Group.CFG,
                                                                0,
                                                                "installing trap failed, %s",
                                                                why)));
    }

    @Override
    public synchronized boolean uninstall(Optional<String> ike, String child) {
        Optional<Installed> found =
                installed.values().stream()
                        .filter(i -> i.plan().child().name().equals(child))
                        .filter(i -> ike.map(i.plan().connection().name()::equals).orElse(true))
                        .findFirst();
        found.ifPresent(this::uninstall);
        return found.isPresent();
    }

    private void uninstall(Installed former) {
        Plan plan = former.plan();
        installed.remove(plan.name());
        if (dataplane.remove(former.source()).join()
                instanceof KernelAnswer.Refused(_, String text)) {
            log.log(Group.KNL, 0, "uninstalling %s: %s", plan.name(), text);
        }
        former.trap().ifPresent(_ -> ids.untrapped(plan.connection().name(), plan.child().name()));
        release(former);
        log.log(Group.CHD, 1, "uninstalled %s", plan.name());
    }

    /// Whether the child has its trap or shunt.
    private synchronized boolean isInstalled(String connection, String child) {
        return installed.containsKey(Plan.name(connection, child));
    }

    @Override
    public synchronized List<PolicyView> views() {
        return installed.values().stream().map(i -> i.plan().view()).toList();
    }

    /// The trap that an acquire of the kernel is of.
    synchronized Optional<Plan> trapOf(int reqid) {
        return installed.values().stream()
                .filter(i -> i.trap().isPresent() && i.source().reqid() == reqid)
                .map(Installed::plan)
                .findFirst();
    }

    private Installed shunt(Plan plan) {
        var tags = plan.tags(ids);
        var source =
                PolicySource.shunt(
                        plan.name(), plan.child(), tags, plan.localTs(), plan.remoteTs());
        return new Installed(plan, source, Optional.empty());
    }

    private Installed trap(Plan plan) {
        Ids.Trap trap = plan.trap(ids);
        int configured = plan.child().kernel().reqid();
        var source =
                PolicySource.trap(
                        plan.name(),
                        plan.child(),
                        trap.tags(),
                        configured != 0 ? configured : ids.reqid(trap.key()),
                        plan.local(),
                        plan.remote(),
                        plan.localTs(),
                        plan.remoteTs());
        return new Installed(plan, source, Optional.of(trap));
    }

    private void release(Installed former) {
        if (former.plan().child().kernel().reqid() == 0) {
            former.trap().ifPresent(trap -> ids.releaseReqid(trap.key()));
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(installed.values()).forEach(this::uninstall);
    }
}
