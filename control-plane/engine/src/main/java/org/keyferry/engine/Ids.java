package org.keyferry.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.keyferry.engine.eap.TlsSessions;
import org.keyferry.engine.eap.sim.SimMemory;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.TrafficSelector;

/// Numbers that all shards of a daemon share: unique ids of SAs and reqids. Safe for any thread.
public final class Ids {
    /// CHILD_SAs with the same selectors and interfaces share a reqid, so that one can replace the
    /// other under the same policies.
    public record ReqidKey(
            List<TrafficSelector> localTs,
            List<TrafficSelector> remoteTs,
            List<Integer> scope,
            Bytes label) {
        public ReqidKey {
            localTs = List.copyOf(localTs);
            remoteTs = List.copyOf(remoteTs);
            scope = List.copyOf(scope);
        }

        /// Without a security label.
        public ReqidKey(
                List<TrafficSelector> localTs,
                List<TrafficSelector> remoteTs,
                List<Integer> scope) {
            this(localTs, remoteTs, scope, Bytes.EMPTY);
        }

        /// @param label see [org.keyferry.settings.model.Child]
        public static ReqidKey of(
                ChildTags tags,
                List<TrafficSelector> localTs,
                List<TrafficSelector> remoteTs,
                Bytes label) {
            return new ReqidKey(
                    localTs,
                    remoteTs,
                    List.of(
                            tags.markIn().value(),
                            tags.markIn().mask(),
                            tags.markOut().value(),
                            tags.markOut().mask(),
                            tags.ifIdIn(),
                            tags.ifIdOut()),
                    label);
        }
    }

    /// What a child's trap policies hold, and the CHILD_SAs made for it take over.
    public record Trap(ReqidKey key, ChildTags tags) {
        /// Exactly, not only among others.
        public boolean covers(List<TrafficSelector> localTs, List<TrafficSelector> remoteTs) {
            return key.localTs().equals(localTs) && key.remoteTs().equals(remoteTs);
        }
    }

    /// Tokens that all shards make of the same secret.
    public CrashTokens crashTokens() {
        return crashTokens;
    }

    public void crashTokens(CrashTokens tokens) {
        crashTokens = tokens;
    }

    /// As gateway: of the session tickets that all shards give and take.
    public TicketKeys ticketKeys() {
        return ticketKeys;
    }

    /// As client: tickets of what was lost.
    public LostSessions lostSessions() {
        return lostSessions;
    }

    /// Cards, and networks that know them.
    public SimSource sims() {
        return sims;
    }

    public void sims(SimSource source) {
        sims = source;
    }

    /// Of EAP, in both roles.
    public TlsSessions tlsSessions() {
        return tlsSessions;
    }

    /// Of logins with cards, in both roles.
    public SimMemory simMemory() {
        return simMemory;
    }

    /// Wipes what is kept of logins that the configuration does not ask for any more.
    void retainLogins(Configuration configuration) {
        tlsSessions.retain(configuration);
        simMemory.retain(configuration);
    }

    private record Use(int reqid, int users) {}

    private record ChildName(String connection, String child) {}

    private final AtomicInteger ikeUniqueId = new AtomicInteger();
    private final AtomicInteger childUniqueId = new AtomicInteger();
    private final AtomicInteger mark = new AtomicInteger();
    private final AtomicInteger interfaceId = new AtomicInteger();
    private final Map<ReqidKey, Use> reqids = new HashMap<>();
    private final Map<ChildName, Trap> traps = new ConcurrentHashMap<>();
    private final Deque<Integer> released = new ArrayDeque<>();
    private final Census census = new Census();
    private final TicketKeys ticketKeys = new TicketKeys();
    private final LostSessions lostSessions = new LostSessions();
    private volatile SimSource sims = SimSource.NONE;
    private final TlsSessions tlsSessions = new TlsSessions();
    private final SimMemory simMemory = new SimMemory();
    private volatile CrashTokens crashTokens = CrashTokens.NONE;
    private int lastReqid;

    public Ids() {
        this(1);
    }

    /// @param reqidBase the first reqid to be given
    public Ids(int reqidBase) {
        this.lastReqid = reqidBase - 1;
    }

    public Census census() {
        return census;
    }

    public int nextIke() {
        return ikeUniqueId.incrementAndGet();
    }

    public int nextChild() {
        return childUniqueId.incrementAndGet();
    }

    /// A packet mark that nobody else has, from 1.
    public int nextMark() {
        return mark.incrementAndGet();
    }

    /// An XFRM interface id that nobody else has, from 1.
    public int nextInterfaceId() {
        return interfaceId.incrementAndGet();
    }

    /// After a restore: ids in use are not given again.
    public void skipTo(int usedIke, int usedChild) {
        ikeUniqueId.accumulateAndGet(usedIke, Math::max);
        childUniqueId.accumulateAndGet(usedChild, Math::max);
    }

    /// Each call is matched by one [#releaseReqid].
    public synchronized int reqid(ReqidKey key) {
        Use use = reqids.get(key);
        if (use == null) {
            Integer again = released.poll();
            use = new Use(again != null ? again : ++lastReqid, 0);
        }
        reqids.put(key, new Use(use.reqid(), use.users() + 1));
        return use.reqid();
    }

    /// From now on CHILD_SAs of this child belong to its trap.
    public void trapped(String connection, String child, Trap trap) {
        traps.put(new ChildName(connection, child), trap);
    }

    public void untrapped(String connection, String child) {
        traps.remove(new ChildName(connection, child));
    }

    public Optional<Trap> trap(String connection, String child) {
        return Optional.ofNullable(traps.get(new ChildName(connection, child)));
    }

    /// How many reqids are given out.
    public synchronized int reqidsInUse() {
        return reqids.size();
    }

    /// Registers a reqid that a restored CHILD_SA holds already.
    public synchronized void adoptReqid(ReqidKey key, int reqid) {
        Use use = reqids.getOrDefault(key, new Use(reqid, 0));
        reqids.put(key, new Use(use.reqid(), use.users() + 1));
        lastReqid = Math.max(lastReqid, reqid);
    }

    public synchronized void releaseReqid(ReqidKey key) {
        Use use = reqids.get(key);
        if (use == null) {
            throw new IllegalStateException("released a reqid that is not in use: " + key);
        }
        if (use.users() > 1) {
            reqids.put(key, new Use(use.reqid(), use.users() - 1));
        } else {
            reqids.remove(key);
            released.add(use.reqid());
        }
    }
}
