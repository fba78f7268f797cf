package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Ids;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.engine.window.Fragments;
import org.keyferry.engine.window.RequestWindow;
import org.keyferry.engine.window.ResponseWindow;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;

/// The facts of one IKE_SA that outlive its states. Changed only from within [IkeSa#handle].
public final class SaCore {
    public static final long NO_TICKET = 0;
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
    private static final int RETRY_SPREAD_SECONDS = 10;

    /// What an engine lends to its SAs.
    ///
    /// @param lookup other SAs of the same shard
    public record Context(
            EngineSettings settings, RandomGenerator random, Ids ids, Lookup lookup) {}

    final Context context;
    private final int uniqueId;
    private final boolean initiator;
    private final IkeSpi ownSpi;
    private final List<ChildSa> children = new ArrayList<>(1);
    private final Deque<Task> tasks = new ArrayDeque<>(1);
    private final List<Long> waitingRequests = new ArrayList<>(1);
    private final RequestWindow requests;
    private final ResponseWindow responses;
    private IkeSpi peerSpi;
    private Connection connection;
    private Endpoint local;
    private Endpoint remote;
    private boolean natLocal;
    private boolean natRemote;
    private boolean peerNatT;
    private boolean peerIsStrongSwan;
    private Fragments fragments;
    private InterfaceIds interfaceIds;
    private Proposal proposal;
    private IkeSuite suite;
    private IkeKeys keys;
    private Identification localId = Identification.ANY;
    private Identification remoteId = Identification.ANY;
    private Instant established = Instant.MAX;
    private Instant lastInbound = Instant.MIN;
    private Instant lastOutbound = Instant.MIN;
    private Endpoint replyLocal;
    private Endpoint replyRemote;
    private Task currentTask;
    private final Questions questions = new Questions();
    private final List<Postponed> postponed = new ArrayList<>(0);
    private Instant nextDeadline = Instant.MAX;
    private Attempt attempt = Attempt.MANUAL;
    private final Wishes wishes = new Wishes();
    private Instant now = Instant.MIN;
    private Instant begun = Instant.MAX;
    private final Replacement replacement = new Replacement();
    private final Extensions extensions = new Extensions();
    private final Mobility mobility;
    private Optional<Child> wantedChild = Optional.empty();
    private VirtualIps virtualIps = VirtualIps.NONE;
    private PeerSupport peerSupport = PeerSupport.NONE;
    private Optional<List<AddressRange>> addressBlocks = Optional.empty();
    private Login login = Login.NONE;

    SaCore(
            Context context,
            int uniqueId,
            boolean initiator,
            IkeSpi ownSpi,
            Connection connection,
            Endpoint local,
            Endpoint remote,
            RequestWindow requests,
            ResponseWindow responses) {
        this.context = context;
        this.uniqueId = uniqueId;
        this.initiator = initiator;
        this.ownSpi = ownSpi;
        this.peerSpi = IkeSpi.ZERO;
        this.connection = connection;
        this.local = local;
        this.remote = remote;
        this.requests = requests;
        this.responses = responses;
        this.replyLocal = local;
        this.replyRemote = remote;
        this.mobility = new Mobility(initiator);
    }

    public static SaCore fresh(
            Context context,
            boolean initiator,
            IkeSpi ownSpi,
            Connection connection,
            Endpoint local,
            Endpoint remote) {
        return new SaCore(
                context,
                context.ids().nextIke(),
                initiator,
                ownSpi,
                connection,
                local,
                remote,
                new RequestWindow(0),
                new ResponseWindow(0, List.of()));
    }

    public EngineSettings settings() {
        return context.settings();
    }

    public RandomGenerator random() {
        return context.random();
    }

    public Ids ids() {
        return context.ids();
    }

    public Lookup lookup() {
        return context.lookup();
    }

    public int uniqueId() {
        return uniqueId;
    }

    public boolean isInitiator() {
        return initiator;
    }

    /// Whether this side sent the very first IKE_SA_INIT request, whoever has rekeyed since.
    public boolean isOriginalInitiator() {
        return mobility.decides();
    }

    public IkeSpi ownSpi() {
        return ownSpi;
    }

    public IkeSpi peerSpi() {
        return peerSpi;
    }

    public void peerSpi(IkeSpi spi) {
        peerSpi = spi;
    }

    public IkeSpi initiatorSpi() {
        return initiator ? ownSpi : peerSpi;
    }

    public IkeSpi responderSpi() {
        return initiator ? peerSpi : ownSpi;
    }

    public Connection connection() {
        return connection;
    }

    public void connection(Connection selected) {
        connection = selected;
    }

    /// Children that may come up in this SA: as they are configured now, unless the connection
    /// itself was changed since.
    public List<Child> childrenNow() {
        return context.lookup()
                .configuration()
                .connection(name())
                .filter(connection::equalsButChildren)
                .orElse(connection)
                .children();
    }

    /// Connection name.
    public String name() {
        return connection.name();
    }

    public Endpoint local() {
        return local;
    }

    public Endpoint remote() {
        return remote;
    }

    public void endpoints(Endpoint newLocal, Endpoint newRemote) {
        local = newLocal;
        remote = newRemote;
    }

    public boolean natLocal() {
        return natLocal;
    }

    public boolean natRemote() {
        return natRemote;
    }

    public void nat(boolean ownSide, boolean peerSide) {
        natLocal = ownSide;
        natRemote = peerSide;
    }

    /// The peer sent NAT detection: it can do UDP encapsulation.
    public void peerDoesNatT() {
        peerNatT = true;
    }

    public boolean peerNatT() {
        return peerNatT;
    }

    /// The peer sent strongSwan's vendor id.
    public void peerIsStrongSwan() {
        peerIsStrongSwan = true;
    }

    public boolean isPeerStrongSwan() {
        return peerIsStrongSwan;
    }

    /// Both sides announced IKE fragmentation (RFC 7383).
    public void fragmentationAgreed() {
        fragments = new Fragments(settings().fragmentSizes());
    }

    /// Empty unless fragmentation is agreed on.
    public Optional<Fragments> fragments() {
        return Optional.ofNullable(fragments);
    }

    /// Whether private numbers mean to the peer what they mean here.
    public boolean privateUse() {
        return peerIsStrongSwan || context.settings().acceptPrivateAlgs();
    }

    /// Of the connection, with numbers of this SA's own where it asks for unique ones. First asked
    /// for when the connection is settled.
    public InterfaceIds interfaceIds() {
        if (interfaceIds == null) {
            interfaceIds =
                    InterfaceIds.resolve(
                            connection.ifIdIn(), connection.ifIdOut(), InterfaceIds.NONE, ids());
        }
        return interfaceIds;
    }

    /// Those of an SA that this one goes on for.
    public void interfaceIds(InterfaceIds inherited) {
        interfaceIds = inherited;
    }

    /// Whether ESP goes inside UDP or TCP.
    public boolean encap() {
        return encap(remote);
    }

    /// The same if the peer is there.
    public boolean encap(Endpoint peer) {
        return peer.tcp() || (peerNatT && (natLocal || natRemote || connection.encap()));
    }

    /// Whether our messages carry the non-ESP marker: on every own port but 500.
    public boolean marked() {
        return local.port() != context.settings().port();
    }

    public Proposal proposal() {
        return proposal;
    }

    public void chosen(Proposal selected) {
        proposal = selected;
        suite = IkeSuite.of(selected);
    }

    public IkeSuite suite() {
        return suite;
    }

    public IkeKeys keys() {
        return keys;
    }

    public void keys(IkeKeys derived) {
        keys = derived;
    }

    public Identification localId() {
        return localId;
    }

    public Identification remoteId() {
        return remoteId;
    }

    /// Addresses that the peer may use; empty if nothing limits it.
    public Optional<List<AddressRange>> addressBlocks() {
        return addressBlocks;
    }

    public void addressBlocks(Optional<List<AddressRange>> blocks) {
        addressBlocks = blocks;
    }

    public void identities(Identification own, Identification peer) {
        localId = own;
        remoteId = peer;
    }

    public Instant established() {
        return established;
    }

    public void established(Instant at) {
        established = at;
    }

    public Instant lastInbound() {
        return lastInbound;
    }

    /// An authentic message came from the peer.
    public void heard(Instant at) {
        lastInbound = at;
    }

    public Instant lastOutbound() {
        return lastOutbound;
    }

    /// Something else than a message went out.
    void spoke(Instant at) {
        lastOutbound = at;
    }

    public RequestWindow requests() {
        return requests;
    }

    public ResponseWindow responses() {
        return responses;
    }

    public List<ChildSa> children() {
        return children;
    }

    public Deque<Task> tasks() {
        return tasks;
    }

    /// A task that must not begin before `at`.
    public record Postponed(Instant at, Task task) {}

    public List<Postponed> postponed() {
        return postponed;
    }

    /// What was tried and is tried again; a new session ticket is due much later.
    public List<Task> putOff() {
        return postponed.stream()
                .map(Postponed::task)
                .filter(task -> !(task instanceof Task.RequestTicket))
                .toList();
    }

    public void postpone(Instant at, Task task) {
        postponed.add(new Postponed(at, task));
    }

    /// Until something is tried again that a busy peer refused: 6 to 15 seconds.
    public Duration retryDelay() {
        return LONGEST_RETRY.minusSeconds(context.random().nextInt(RETRY_SPREAD_SECONDS));
    }

    /// When and by what it is replaced.
    public Replacement replacement() {
        return replacement;
    }

    public Extensions extensions() {
        return extensions;
    }

    /// When the timer for the SA's deadlines goes off.
    public Instant nextDeadline() {
        return nextDeadline;
    }

    public void nextDeadline(Instant at) {
        nextDeadline = at;
    }

    /// Users who wait for the set-up of this SA.
    public List<Long> waitingRequests() {
        return waitingRequests;
    }

    /// As initiator: how this set-up came about.
    public Attempt attempt() {
        return attempt;
    }

    public void attempt(Attempt present) {
        attempt = present;
    }

    /// Children that are to be brought up over this IKE_SA.
    public Wishes wishes() {
        return wishes;
    }

    /// The time of the input that is handled.
    public Instant now() {
        return now;
    }

    public void now(Instant time) {
        now = time;
        begun = begun.equals(Instant.MAX) ? time : begun;
    }

    /// When its first input was handled.
    public Instant begun() {
        return begun;
    }

    /// As initiator: the child that was asked for.
    public Optional<Child> wantedChild() {
        return wantedChild;
    }

    public void wantedChild(Optional<Child> child) {
        wantedChild = child;
    }

    /// Addresses inside its tunnels.
    public VirtualIps virtualIps() {
        return virtualIps;
    }

    public void virtualIps(VirtualIps present) {
        virtualIps = present;
    }

    /// What the peer told about certificates and signatures; until the SA is up.
    public PeerSupport peerSupport() {
        return peerSupport;
    }

    public void peerSupport(PeerSupport told) {
        peerSupport = told;
    }

    /// Other ways to the peer.
    public Mobility mobility() {
        return mobility;
    }

    /// What authentication told about the peer beside its IKE identity.
    public Login login() {
        return login;
    }

    public void login(Login told) {
        login = told;
    }

    /// The identity that the peer goes by among SAs: that of EAP, if there is one.
    public Identification peerName() {
        return login.eapIdentity().orElse(remoteId);
    }

    /// What is asked and not answered yet.
    public Questions questions() {
        return questions;
    }

    public Secret randomSecret(int count) {
        return Secret.owned(randomBytes(count));
    }

    public byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        context.random().nextBytes(bytes);
        return bytes;
    }

    /// Sends `datagram` along the SA's present path.
    public void send(Bytes datagram, Instant now, Outbox out) {
        lastOutbound = now;
        out.send(local, remote, datagram, marked(), connection.dscp());
    }

    /// Sends a request and keeps sending it until it is answered.
    ///
    /// @param datagrams the message, or its fragments
    public void sendRequest(int exchangeType, List<Bytes> datagrams, Instant now, Outbox out) {
        requests.sent(exchangeType, datagrams, now, context.settings(), context.random());
        out.timer(ownSpi, TimerQueue.Kind.RETRANSMIT, Roaming.paced(this, now));
        context.lookup().tally().sent(name(), exchangeType, false);
        Roaming.transmit(this, datagrams, now, out);
    }

    public void sendSealedRequest(int exchangeType, List<Payload> inner, Instant now, Outbox out) {
        var datagrams = Sealing.request(this, exchangeType, inner, out);
        sendRequest(exchangeType, datagrams, now, out);
    }

    /// Answers the request that is being handled, to where it came from (RFC 7296 §2.11).
    public void sendSealedResponse(int exchangeType, List<Payload> inner, Instant now, Outbox out) {
        List<Bytes> datagrams = Sealing.response(this, exchangeType, inner, out);
        responses.answered(datagrams);
        context.lookup().tally().sent(name(), exchangeType, true);
        reply(datagrams, now, out);
    }

    /// The request that is handled now came along this path.
    public void replyPath(Endpoint to, Endpoint from) {
        replyLocal = to;
        replyRemote = from;
    }

    public void reply(List<Bytes> datagrams, Instant now, Outbox out) {
        lastOutbound = now;
        boolean marked = replyMarked();
        datagrams.forEach(
                datagram -> out.send(replyLocal, replyRemote, datagram, marked, connection.dscp()));
    }

    boolean repliesByTcp() {
        return replyRemote.tcp();
    }

    boolean replyMarked() {
        return replyLocal.port() != context.settings().port();
    }

    /// The task whose request is in flight.
    public Optional<Task> currentTask() {
        return Optional.ofNullable(currentTask);
    }

    public void currentTask(Task task) {
        currentTask = task;
    }

    public Optional<ChildSa> childByUniqueId(int childUniqueId) {
        return children.stream()
                .filter(c -> c.installation().childUniqueId() == childUniqueId)
                .findFirst();
    }

    public void replaceChild(ChildSa old, ChildSa now) {
        children.set(children.indexOf(old), now);
    }

    public Duration idle(Instant now) {
        return Duration.between(lastInbound, now);
    }
}
