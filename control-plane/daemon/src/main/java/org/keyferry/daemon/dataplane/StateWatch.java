package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.socket.EventSocket;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmLifetime;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.netlink.xfrm.XfrmTemplate;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows which states are ours, tells when one of them expires, and compares them with the kernel's
/// when events were lost.
final class StateWatch implements EventSocket.Listener<XfrmEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(StateWatch.class);

    private final Xfrm xfrm;
    private final Map<StateKey, ChildInstallation> held = new ConcurrentHashMap<>();
    private final AtomicBoolean comparing = new AtomicBoolean();
    private final AtomicBoolean compareAgain = new AtomicBoolean();
    private volatile ExpiryListener listener = (_, _) -> {};
    private volatile AcquireListener acquires = (_, _, _, _) -> {};

    private volatile MappingListener mappings = (_, _) -> {};

    StateWatch(Xfrm xfrm) {
        this.xfrm = xfrm;
    }

    void listener(ExpiryListener newListener) {
        listener = newListener;
    }

    void acquires(AcquireListener newListener) {
        acquires = newListener;
    }

    void mappings(MappingListener newListener) {
        mappings = newListener;
    }

    /// Its states are not what they should be: they count as expired.
    void lost(ChildInstallation child) {
        expired(StateKey.inbound(child), true);
        expired(StateKey.outbound(child), true);
    }

    /// Once the kernel has both states.
    void add(ChildInstallation child) {
        held.put(StateKey.inbound(child), child);
        held.put(StateKey.outbound(child), child);
    }

    /// Before they are deleted.
    void remove(ChildInstallation child) {
        held.remove(StateKey.inbound(child), child);
        held.remove(StateKey.outbound(child), child);
    }

    /// Before the outbound state is deleted while the inbound one stays.
    void removeOutbound(ChildInstallation child) {
        held.remove(StateKey.outbound(child), child);
    }

    int size() {
        return held.size();
    }

    @Override
    public void event(XfrmEvent event) {
        if (event instanceof XfrmEvent.StateExpired(XfrmState state, boolean hard)) {
            try (state) {
                keyOf(state).ifPresent(key -> expired(key, hard));
            }
        } else if (event instanceof XfrmEvent.MappingChanged mapping) {
            keyOf(mapping.id())
                    .filter(held::containsKey)
                    .ifPresent(
                            key ->
                                    mappings.seen(
                                            key,
                                            new Endpoint(
                                                    IpAddress.ofBytes(
                                                            mapping.newSource().getAddress()),
                                                    mapping.newSourcePort())));
        } else if (event instanceof XfrmEvent.Acquire acquire) {
            acquires.acquired(
                    acquire.policy().templates().stream()
                            .mapToInt(XfrmTemplate::reqid)
                            .findFirst()
                            .orElse(0),
                    acquire.sequence(),
                    Selectors.packetSource(acquire.packet()),
                    Selectors.packetDestination(acquire.packet()));
        }
    }

    @Override
    public void overrun() {
        LOG.warn("kernel events were lost, comparing states");
        var _ = compare();
    }

    @Override
    public void failed(IOException cause) {
        LOG.error("no more events from the kernel, expired states go unnoticed", cause);
    }

    /// Reads all states; those of ours that are missing count as hard expired, those beyond a soft
    /// limit as soft expired. What came or went meanwhile does not matter.
    CompletableFuture<Void> compare() {
        compareAgain.set(true);
        if (comparing.getAndSet(true)) {
            return CompletableFuture.completedFuture(null);
        }
        compareAgain.set(false);
        Map<StateKey, ChildInstallation> before = new HashMap<>(held);
        return xfrm.states()
                .thenAccept(states -> compare(before, states))
                .handle(
                        (_, failure) -> {
                            if (failure != null) {
                                LOG.error(
                                        "states cannot be compared: {}",
                                        Refusals.cause(failure).getMessage());
                            }
                            comparing.set(false);
                            return compareAgain.get();
                        })
                .thenCompose(again -> again ? compare() : CompletableFuture.completedFuture(null));
    }

    /// Of our states, in one read.
    CompletableFuture<Map<StateKey, Counters>> counters() {
        return xfrm.states()
                .thenApply(
                        states -> {
                            var counters = new HashMap<StateKey, Counters>();
                            for (XfrmState state : states) {
                                try (state) {
                                    keyOf(state)
                                            .filter(held::containsKey)
                                            .ifPresent(key -> counters.put(key, counters(state)));
                                }
                            }
                            return counters;
                        });
    }

    private void compare(Map<StateKey, ChildInstallation> before, List<XfrmState> states) {
        Set<StateKey> present = new HashSet<>();
        Set<StateKey> beyondSoftLimit = new HashSet<>();
        for (XfrmState state : states) {
            try (state) {
                keyOf(state)
                        .ifPresent(
                                key -> {
                                    present.add(key);
                                    if (isBeyondSoftLimit(state)) {
                                        beyondSoftLimit.add(key);
                                    }
                                });
            }
        }
        int missing = 0;
        for (var entry : before.entrySet()) {
            StateKey key = entry.getKey();
            boolean still = entry.getValue().equals(held.get(key));
            if (still && !present.contains(key)) {
                missing++;
                LOG.warn(
                        "state {} of {} is no longer in the kernel",
                        key,
                        ChildInstaller.name(entry.getValue()));
                expired(key, true);
            } else if (still && beyondSoftLimit.contains(key)) {
                expired(key, false);
            }
        }
        LOG.info("compared {} states with the kernel's, {} missing", before.size(), missing);
    }

    private void expired(StateKey key, boolean hard) {
        boolean ours = hard ? held.remove(key) != null : held.containsKey(key);
        if (ours) {
            listener.expired(key, hard);
        }
    }

    private static boolean isBeyondSoftLimit(XfrmState state) {
        XfrmLifetime limits = state.lifetime();
        long ageSeconds = Instant.now().getEpochSecond() - state.usage().addedAtSeconds();
        return (limits.softAddSeconds() != 0 && ageSeconds >= limits.softAddSeconds())
                || Long.compareUnsigned(state.usage().bytes(), limits.softLimitBytes()) >= 0
                || Long.compareUnsigned(state.usage().packets(), limits.softLimitPackets()) >= 0;
    }

    static Counters counters(XfrmState state) {
        OptionalLong lastUsed = state.options().lastUsedAtSeconds();
        return new Counters(
                state.usage().bytes(),
                state.usage().packets(),
                lastUsed.isPresent()
                        ? Optional.of(Instant.ofEpochSecond(lastUsed.getAsLong()))
                        : Optional.empty());
    }

    /// Empty for states that cannot be ours.
    private static Optional<StateKey> keyOf(XfrmState state) {
        return keyOf(state.id());
    }

    private static Optional<StateKey> keyOf(XfrmStateId id) {
        int spi = id.spi().value();
        OptionalInt protocolId = IpProtocols.protocolId(id.protocol());
        if (protocolId.isEmpty() || Integer.compareUnsigned(spi, 0x100) < 0) {
            return Optional.empty();
        }
        IpAddress destination = IpAddress.ofBytes(id.destination().getAddress());
        return Optional.of(new StateKey(destination, protocolId.getAsInt(), new ChildSpi(spi)));
    }
}
