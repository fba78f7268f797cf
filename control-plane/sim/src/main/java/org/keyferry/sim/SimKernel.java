package org.keyferry.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// A model of the kernel's SAD and SPD that refuses nothing quietly: what breaks an invariant is an
/// [AssertionError].
public final class SimKernel {
    /// One direction of a CHILD_SA.
    ///
    /// @param keys encryption and integrity key together; they never print
    public record State(
            IpAddress destination, ChildSpi spi, boolean outbound, int childUniqueId, Bytes keys) {
        boolean sameKeys(State other) {
            return keys.equals(other.keys);
        }

        @Override
        public String toString() {
            return "%s %s %s".formatted(outbound ? "out" : "in", spi, destination);
        }
    }

    private record StateKey(IpAddress destination, int spi) {}

    record PolicyKey(TrafficSelector local, TrafficSelector remote) {}

    /// A CHILD_SA that wants a policy; the first one of several has it.
    private record Use(int childUniqueId, StateKey outbound) {}

    private static final int FIRST_SPI = 0xc0000000;
    private static final int FIRST_CPI = 0x100;
    private static final int CPI_RANGE = 0xef00 - FIRST_CPI;
    private static final int SPI_RANGE = 0x0fffffff;

    private final String owner;
    private final RandomGenerator random;
    private final Map<StateKey, Boolean> larval = new HashMap<>();
    private final Map<StateKey, State> states = new HashMap<>();
    private final Map<PolicyKey, List<Use>> policies = new HashMap<>();

    private record Pair(Endpoint local, Endpoint remote) {
        static Pair of(ChildInstallation child) {
            return new Pair(child.local(), child.remote());
        }
    }

    /// By CHILD_SA.
    private final Map<Integer, Pair> endpoints = new HashMap<>();

    private final Map<Integer, Boolean> encapsulated = new HashMap<>();

    /// CHILD_SAs of which only the inbound state is left.
    private final Set<Integer> retired = new HashSet<>();

    private final Map<IpAddress, Integer> addresses = new HashMap<>();
    private boolean addressRefused;
    private Optional<KernelAnswer.Refused> nextRefusal = Optional.empty();

    SimKernel(String owner, RandomGenerator random) {
        this.owner = owner;
        this.random = random;
    }

    /// The next [KernelOp.InstallChild] is refused.
    public void refusesNextInstall(String errnoName) {
        nextRefusal = Optional.of(new KernelAnswer.Refused(errnoName, "simulated refusal"));
    }

    public Collection<State> states() {
        return states.values();
    }

    /// States, policies and reserved SPIs.
    public int objectCount() {
        return states.size() + policies.size() + larval.size();
    }

    KernelAnswer perform(KernelOp op) {
        return switch (op) {
            case KernelOp.AllocateSpi(var local, _, _, boolean withCpi) ->
                    allocate(local.address(), withCpi);
            case KernelOp.ReleaseSpi(var local, _, var spi) -> {
                larval.remove(new StateKey(local.address(), spi.value()));
                yield new KernelAnswer.Done();
            }
            case KernelOp.InstallChild(var child, var keys) -> install(child, keys);
            case KernelOp.RemoveChild(var child) -> remove(child);
            case KernelOp.RetireChild(var child) -> retire(child);
            case KernelOp.PreferChild(var child) -> prefer(child);
            case KernelOp.AddAddresses(var added, _, _) -> addAddresses(added);
            case KernelOp.MoveAddresses _ -> new KernelAnswer.Done();
            case KernelOp.RemoveAddresses(var removed) -> removeAddresses(removed);
            case KernelOp.MoveChild(var before, var after) -> move(before, after);
            case KernelOp.RemoveInbound(var child) -> removeInbound(child);
        };
    }

    /// The next [KernelOp.AddAddresses] is refused.
    public void refusesNextAddress() {
        addressRefused = true;
    }

    private KernelAnswer addAddresses(List<IpAddress> added) {
        if (addressRefused) {
            addressRefused = false;
            return new KernelAnswer.Refused("EPERM", "simulated refusal");
        }
        added.forEach(address -> addresses.merge(address, 1, Integer::sum));
        return new KernelAnswer.Done();
    }

    private KernelAnswer removeAddresses(List<IpAddress> removed) {
        for (IpAddress address : removed) {
            require(addresses.containsKey(address), "no address %s to remove", address);
            addresses.computeIfPresent(address, (_, users) -> users == 1 ? null : users - 1);
        }
        return new KernelAnswer.Done();
    }

    /// The process that counted them has ended; the next one takes over those that it needs.
    void forgetsAddressUsers() {
        addresses.clear();
    }

    /// Virtual IPs, with how many IKE_SAs use each.
    public Map<IpAddress, Integer> addresses() {
        return Map.copyOf(addresses);
    }

    private KernelAnswer allocate(IpAddress local, boolean withCpi) {
        int spi;
        do {
            spi = FIRST_SPI + random.nextInt(SPI_RANGE);
        } while (isTaken(new StateKey(local, spi)));
        larval.put(new StateKey(local, spi), true);
        int cpi = withCpi ? FIRST_CPI + random.nextInt(CPI_RANGE) : 0;
        return new KernelAnswer.SpiAllocated(new ChildSpi(spi), cpi);
    }

    private boolean isTaken(StateKey key) {
        return larval.containsKey(key) || states.containsKey(key);
    }

    private KernelAnswer install(ChildInstallation child, DirectionKeys keys) {
        try (keys) {
            if (nextRefusal.isPresent()) {
                KernelAnswer refusal = nextRefusal.get();
                nextRefusal = Optional.empty();
                return refusal;
            }
            var in = new StateKey(child.local().address(), child.spiIn().value());
            var out = new StateKey(child.remote().address(), child.spiOut().value());
            require(larval.remove(in) != null, "inbound SPI %s was not reserved", child.spiIn());
            endpoints.put(child.childUniqueId(), Pair.of(child));
            encapsulated.put(child.childUniqueId(), child.encap());
            add(in, child, false, both(keys.encrIn(), keys.integIn()));
            add(out, child, true, both(keys.encrOut(), keys.integOut()));
            var use = new Use(child.childUniqueId(), out);
            forEachPolicy(
                    child,
                    key -> {
                        List<Use> users = policies.computeIfAbsent(key, _ -> new ArrayList<>());
                        users.add(child.patient() ? users.size() : 0, use);
                    });
            return new KernelAnswer.Done();
        }
    }

    private static Bytes both(org.keyferry.crypto.Secret encr, org.keyferry.crypto.Secret integ) {
        Bytes bytes = Bytes.of(encr.array());
        return integ == null ? bytes : bytes.concat(Bytes.of(integ.array()));
    }

    private void add(StateKey key, ChildInstallation child, boolean outbound, Bytes keys) {
        var state =
                new State(
                        key.destination(),
                        new ChildSpi(key.spi()),
                        outbound,
                        child.childUniqueId(),
                        keys);
        require(states.put(key, state) == null, "two live SAs with SPI %s", state);
    }

    private KernelAnswer remove(ChildInstallation child) {
        takeOutOfUse(child);
        removeState(child.local().address(), child.spiIn());
        forget(child.childUniqueId());
        checkPoliciesHaveStates();
        return new KernelAnswer.Done();
    }

    private void forget(int childUniqueId) {
        endpoints.remove(childUniqueId);
        encapsulated.remove(childUniqueId);
    }

    private KernelAnswer retire(ChildInstallation child) {
        takeOutOfUse(child);
        retired.add(child.childUniqueId());
        checkPoliciesHaveStates();
        return new KernelAnswer.Done();
    }

    private KernelAnswer prefer(ChildInstallation child) {
        forEachPolicy(
                child,
                key -> {
                    List<Use> users = policies.get(key);
                    require(users != null, "no policy %s to prefer", key);
                    users.stream()
                            .filter(use -> use.childUniqueId() == child.childUniqueId())
                            .findFirst()
                            .ifPresent(
                                    use -> {
                                        users.remove(use);
                                        users.addFirst(use);
                                    });
                });
        return new KernelAnswer.Done();
    }

    private KernelAnswer move(ChildInstallation before, ChildInstallation after) {
        var in = new StateKey(before.local().address(), before.spiIn().value());
        var out = new StateKey(before.remote().address(), before.spiOut().value());
        State oldIn = states.remove(in);
        State oldOut = states.remove(out);
        require(oldIn != null && oldOut != null, "%s is not there to be moved", before.spiIn());
        require(
                endpoints.get(before.childUniqueId()).equals(Pair.of(before)),
                "%s moves from where it is not",
                before.spiIn());
        var inAfter = new StateKey(after.local().address(), after.spiIn().value());
        var outAfter = new StateKey(after.remote().address(), after.spiOut().value());
        add(inAfter, after, false, oldIn.keys());
        add(outAfter, after, true, oldOut.keys());
        endpoints.put(after.childUniqueId(), Pair.of(after));
        var use = new Use(after.childUniqueId(), outAfter);
        if (before.localTs().equals(after.localTs())
                && before.remoteTs().equals(after.remoteTs())) {
            forEachPolicy(
                    after,
                    key ->
                            policies.get(key)
                                    .replaceAll(
                                            u ->
                                                    u.childUniqueId() == use.childUniqueId()
                                                            ? use
                                                            : u));
        } else {
            removeUses(before);
            forEachPolicy(
                    after,
                    key -> policies.computeIfAbsent(key, _ -> new ArrayList<>()).addFirst(use));
        }
        encapsulated.put(after.childUniqueId(), after.encap());
        return new KernelAnswer.Done();
    }

    /// Where the kernel sends packets of a CHILD_SA, ports included.
    public Optional<Endpoint> remote(int childUniqueId) {
        return Optional.ofNullable(endpoints.get(childUniqueId)).map(Pair::remote);
    }

    public Optional<Endpoint> local(int childUniqueId) {
        return Optional.ofNullable(endpoints.get(childUniqueId)).map(Pair::local);
    }

    /// Whether ESP goes inside UDP.
    public boolean isEncapsulated(int childUniqueId) {
        return encapsulated.get(childUniqueId);
    }

    private KernelAnswer removeInbound(ChildInstallation child) {
        require(retired.remove(child.childUniqueId()), "%s was not retired", child.spiIn());
        removeState(child.local().address(), child.spiIn());
        forget(child.childUniqueId());
        return new KernelAnswer.Done();
    }

    private void takeOutOfUse(ChildInstallation child) {
        removeUses(child);
        removeState(child.remote().address(), child.spiOut());
    }

    private void removeUses(ChildInstallation child) {
        forEachPolicy(
                child,
                key -> {
                    List<Use> users = policies.get(key);
                    require(users != null, "no policy %s to remove", key);
                    users.removeIf(use -> use.childUniqueId() == child.childUniqueId());
                    if (users.isEmpty()) {
                        policies.remove(key);
                    }
                });
    }

    private void removeState(IpAddress destination, ChildSpi spi) {
        State gone = states.remove(new StateKey(destination, spi.value()));
        require(gone != null, "no state %s to remove", spi);
    }

    private void checkPoliciesHaveStates() {
        policies.forEach(
                (key, users) ->
                        users.forEach(
                                use ->
                                        require(
                                                states.containsKey(use.outbound()),
                                                "policy %s without a state",
                                                key)));
    }

    /// The states by which traffic leaves now, one for each pair of selectors.
    List<State> active() {
        return policies.values().stream()
                .map(users -> states.get(users.getFirst().outbound()))
                .toList();
    }

    void forEachActive(java.util.function.BiConsumer<PolicyKey, State> action) {
        policies.forEach(
                (policy, users) -> action.accept(policy, states.get(users.getFirst().outbound())));
    }

    /// The state by which a policy sends; `null` without such a policy.
    State active(PolicyKey policy) {
        List<Use> users = policies.get(policy);
        return users == null ? null : states.get(users.getFirst().outbound());
    }

    /// Whether a packet under these keys is taken, wherever it arrives.
    boolean hasInboundOf(State outbound) {
        for (State state : states.values()) {
            if (!state.outbound()
                    && state.spi().equals(outbound.spi())
                    && state.sameKeys(outbound)) {
                return true;
            }
        }
        return false;
    }

    boolean hasChild(int childUniqueId) {
        return endpoints.containsKey(childUniqueId);
    }

    /// Whether what is here of a CHILD_SA that lies in another kernel has the same keys.
    boolean agreesOnKeys(SimKernel other, ChildInstallation child) {
        State in = other.byChild(child.childUniqueId(), false);
        State out = other.byChild(child.childUniqueId(), true);
        for (State state : states.values()) {
            State counterpart = state.outbound() ? in : out;
            if (counterpart != null
                    && state.spi().equals(counterpart.spi())
                    && !state.sameKeys(counterpart)) {
                return false;
            }
        }
        return true;
    }

    /// A process that starts takes away what it does not know.
    void keepsOnly(Set<Integer> children) {
        larval.clear();
        states.values().removeIf(state -> !children.contains(state.childUniqueId()));
        policies.values()
                .forEach(users -> users.removeIf(use -> !children.contains(use.childUniqueId())));
        policies.values().removeIf(List::isEmpty);
        retired.retainAll(children);
        endpoints.keySet().retainAll(children);
        encapsulated.keySet().retainAll(children);
    }

    private State byChild(int childUniqueId, boolean outbound) {
        for (State state : states.values()) {
            if (state.childUniqueId() == childUniqueId && state.outbound() == outbound) {
                return state;
            }
        }
        return null;
    }

    /// Whether a packet under these keys is taken.
    boolean takes(State outbound) {
        State in = states.get(new StateKey(outbound.destination(), outbound.spi().value()));
        return in != null && !in.outbound() && in.sameKeys(outbound);
    }

    boolean isRetired(State state) {
        return retired.contains(state.childUniqueId());
    }

    private static void forEachPolicy(
            ChildInstallation child, java.util.function.Consumer<PolicyKey> action) {
        for (TrafficSelector local : child.localTs()) {
            for (TrafficSelector remote : child.remoteTs()) {
                action.accept(new PolicyKey(local, remote));
            }
        }
    }

    private void require(boolean condition, String format, Object... args) {
        if (!condition) {
            throw new AssertionError("kernel of " + owner + ": " + format.formatted(args));
        }
    }

    /// Unique ids of the CHILD_SAs in the kernel, each with both directions.
    List<Integer> children() {
        var directions = new TreeMap<Integer, Integer>();
        states.values().forEach(s -> directions.merge(s.childUniqueId(), 1, Integer::sum));
        directions.forEach(
                (id, n) ->
                        require(
                                n == (retired.contains(id) ? 1 : 2),
                                "CHILD_SA %d has %d states",
                                id,
                                n));
        return List.copyOf(directions.keySet());
    }

    int reservedSpis() {
        return larval.size();
    }
}
