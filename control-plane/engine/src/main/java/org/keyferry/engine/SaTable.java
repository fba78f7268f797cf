package org.keyferry.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.Duplicates;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// The IKE_SAs of one shard under everything that they are looked up by.
final class SaTable {
    /// A state as the kernel knows it.
    private record ChildState(IpAddress destination, int protocolId, ChildSpi spi) {
        static ChildState inbound(ChildInstallation child) {
            return new ChildState(child.local().address(), child.protocolId(), child.spiIn());
        }

        static ChildState outbound(ChildInstallation child) {
            return new ChildState(child.remote().address(), child.protocolId(), child.spiOut());
        }
    }

    private static final Sharers NOBODY = new Sharers();

    private record Pair(Identification local, Identification remote, boolean v6) {}

    /// All that the indexes go by. Most steps leave it as it is, and then nothing is entered anew.
    record Marks(
            boolean halfOpen,
            boolean live,
            boolean established,
            Endpoint remote,
            IkeSpi initiator,
            Connection connection,
            Identification localId,
            Identification remoteId,
            List<ChildSa> children) {
        static Marks of(IkeSa sa) {
            SaCore core = sa.core();
            return new Marks(
                    sa.isHalfOpen(),
                    sa.isLive(),
                    sa.isEstablished(),
                    core.remote(),
                    core.initiatorSpi(),
                    core.connection(),
                    core.localId(),
                    core.peerName(),
                    List.copyOf(core.children()));
        }

        private Pair pair() {
            return new Pair(localId, remoteId, remote.address().v6());
        }

        /// By identity where that does: an SA keeps its objects until it takes others.
        @SuppressWarnings("ReferenceEquality")
        boolean same(Marks now) {
            return halfOpen == now.halfOpen
                    && live == now.live
                    && established == now.established
                    && remote == now.remote
                    && initiator.equals(now.initiator)
                    && connection == now.connection
                    && localId == now.localId
                    && remoteId == now.remoteId
                    && sameChildren(now.children);
        }

        @SuppressWarnings("ReferenceEquality")
        private boolean sameChildren(List<ChildSa> others) {
            boolean same = children.size() == others.size();
            for (int i = 0; same && i < children.size(); i++) {
                same = children.get(i) == others.get(i);
            }
            return same;
        }
    }

    private final Long2ObjectHashMap<IkeSa> bySpi = new Long2ObjectHashMap<>();
    private final Int2ObjectHashMap<IkeSa> byUniqueId = new Int2ObjectHashMap<>();
    private final Map<ChildState, IkeSa> byChildState = new HashMap<>();
    private final Map<Pair, Sharers> byIds = new HashMap<>();
    private final Map<String, Set<IkeSa>> byConnection = new HashMap<>();
    private final FrontDoor frontDoor;
    private final Census census;

    SaTable(FrontDoor frontDoor, Census census) {
        this.frontDoor = frontDoor;
        this.census = census;
    }

    /// `null` if there is none.
    IkeSa get(IkeSpi own) {
        return bySpi.get(own.value());
    }

    boolean has(IkeSpi own) {
        return bySpi.containsKey(own.value());
    }

    /// `null` if there is none.
    IkeSa byUniqueId(int ikeUniqueId) {
        return byUniqueId.get(ikeUniqueId);
    }

    Optional<IkeSa> byChildState(IpAddress destination, int protocolId, ChildSpi spi) {
        return Optional.ofNullable(byChildState.get(new ChildState(destination, protocolId, spi)));
    }

    Collection<IkeSa> all() {
        return bySpi.values();
    }

    int size() {
        return bySpi.size();
    }

    /// Established ones between two identities, the oldest first.
    List<IkeSa> established(Identification local, Identification remote, boolean v6) {
        return byIds.getOrDefault(new Pair(local, remote, v6), NOBODY).all();
    }

    Duplicates duplicates(SaCore of) {
        var pair = new Pair(of.localId(), of.peerName(), of.remote().address().v6());
        return byIds.getOrDefault(pair, NOBODY).others(of);
    }

    /// Live ones of a connection, the oldest first.
    List<IkeSa> ofConnection(String name) {
        return List.copyOf(byConnection.getOrDefault(name, Set.of()));
    }

    /// After a step of `sa`: enters it anew where it has changed, and forgets it if it is gone.
    void stepped(IkeSa sa, Marks before) {
        Marks after = Marks.of(sa);
        boolean gone = sa.isGone();
        if (gone || !before.same(after)) {
            unindex(sa, before);
        }
        if (gone) {
            bySpi.remove(sa.core().ownSpi().value());
            byUniqueId.remove(sa.core().uniqueId());
        } else if (!before.same(after)) {
            index(sa, after);
        }
    }

    void register(IkeSa sa) {
        bySpi.put(sa.core().ownSpi().value(), sa);
        byUniqueId.put(sa.core().uniqueId(), sa);
    }

    void index(IkeSa sa) {
        index(sa, Marks.of(sa));
    }

    private void index(IkeSa sa, Marks marks) {
        if (marks.halfOpen()) {
            frontDoor.index(sa, marks.remote(), marks.initiator());
        }
        if (marks.live()) {
            byConnection
                    .computeIfAbsent(marks.connection().name(), _ -> new LinkedHashSet<>(2))
                    .add(sa);
        }
        if (marks.established()) {
            byIds.computeIfAbsent(marks.pair(), _ -> new Sharers()).add(sa, marks.children());
            census.countEstablished(1);
        }
        for (ChildSa child : marks.children()) {
            var i = child.installation();
            byChildState.put(ChildState.inbound(i), sa);
            if (child.state() != ChildSa.State.DELETED) {
                byChildState.put(ChildState.outbound(i), sa);
            }
        }
    }

    /// Takes the SA out from under what it was.
    private void unindex(IkeSa sa, Marks marks) {
        if (marks.halfOpen()) {
            frontDoor.unindex(marks.remote(), marks.initiator());
        }
        if (marks.live()) {
            remove(byConnection, marks.connection().name(), sa);
        }
        if (marks.established()) {
            byIds.computeIfPresent(marks.pair(), (_, sharers) -> without(sharers, sa));
            census.countEstablished(-1);
        }
        for (ChildSa child : marks.children()) {
            var i = child.installation();
            byChildState.remove(ChildState.inbound(i), sa);
            byChildState.remove(ChildState.outbound(i), sa);
        }
    }

    /// `null`, which a map takes for no entry, if nobody is left.
    private static Sharers without(Sharers sharers, IkeSa sa) {
        sharers.remove(sa);
        return sharers.isEmpty() ? null : sharers;
    }

    private static <K> void remove(Map<K, Set<IkeSa>> index, K key, IkeSa sa) {
        Set<IkeSa> entries = index.get(key);
        if (entries != null && entries.remove(sa) && entries.isEmpty()) {
            index.remove(key);
        }
    }
}
