package org.keyferry.daemon.lan;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Lease;
import org.keyferry.settings.LanConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Gets addresses for peers from DHCP servers (RFC 2131), for connections with `pools = dhcp`,
/// keeps them leased and gives them back. Without I/O of its own: what comes is [#received], and
/// [#tick] does what is due.
final class DhcpClient implements AddressProvider {
    private static final String POOL = "dhcp";
    private static final int MOST_EXCHANGES = 4_096;
    private static final long SECONDS_UNLESS_TOLD = 3_600;

    private final LanConf.Dhcp conf;
    private final DhcpLink link;
    private final RandomGenerator random;
    private final Supplier<Instant> clock;
    private final Log log;
    private final Map<Integer, DhcpExchange> exchanges = new HashMap<>();
    private final Map<IpAddress, DhcpLease> leases = new HashMap<>();
    private final Map<Owner, DhcpLease> byOwner = new HashMap<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>();

    private record Owner(Identification identity, IpAddress peer) {
        static Owner of(AddressRequest request) {
            return new Owner(request.identity(), request.peer().address());
        }
    }

    /// Says only when to look: entries are never taken out.
    ///
    /// @param exchange or else a lease
    private record Due(Instant at, Optional<DhcpExchange> exchange, Optional<DhcpLease> lease)
            implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at.compareTo(other.at);
        }
    }

    DhcpClient(
            LanConf.Dhcp conf,
            DhcpLink link,
            RandomGenerator random,
            Supplier<Instant> clock,
            Log log) {
        this.conf = conf;
        this.link = link;
        this.random = random;
        this.clock = clock;
        this.log = log;
    }

    @Override
    public synchronized CompletableFuture<AddressAnswer> assign(AddressRequest request) {
        if (!request.pools().contains(POOL) || request.wanted().isEmpty()) {
            return done(AddressAnswer.nothing(request, ""));
        }
        Optional<IpAddress> wanted = request.wanted().stream().filter(w -> !w.v6()).findFirst();
        if (wanted.isEmpty()) {
            return done(AddressAnswer.nothing(request, "DHCP has IPv4 addresses only"));
        }
        DhcpLease present = byOwner.get(Owner.of(request));
        if (present != null) {
            log.log(
                    Group.CFG,
                    1,
                    "reassigning DHCP lease of %s to '%s'",
                    present.address,
                    request.identity());
            return done(given(request, present));
        }
        if (exchanges.size() >= MOST_EXCHANGES) {
            return done(AddressAnswer.nothing(request, "too many wait for DHCP servers"));
        }
        ClientIdentity known =
                conf.identityLease()
                        ? ClientIdentity.of(request.identity())
                        : ClientIdentity.random(random);
        var exchange = DhcpExchange.obtaining(freshXid(), known, request, wanted.get());
        exchanges.put(exchange.xid, exchange);
        transmit(exchange);
        link.wake();
        return exchange.answer;
    }

    private static CompletableFuture<AddressAnswer> done(AddressAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private int freshXid() {
        int xid = random.nextInt();
        while (exchanges.containsKey(xid)) {
            xid = random.nextInt();
        }
        return xid;
    }

    /// What cannot be sent now is due again like what was lost.
    private void transmit(DhcpExchange exchange) {
        exchange.transmitted(clock.get());
        due.add(new Due(exchange.due(), Optional.of(exchange), Optional.empty()));
        try {
            IpAddress relay = conf.isRelay() ? link.towards(conf.server()) : IpAddress.ANY_V4;
            send(exchange.message(relay), conf.server());
        } catch (IOException e) {
            log.log(Group.CFG, 1, "no way to DHCP server %s: %s", conf.server(), e.getMessage());
        }
    }

    private void send(DhcpMessage message, IpAddress to) {
        try {
            log.log(Group.CFG, 2, "sending DHCP %s to %s", message.type().orElseThrow(), to);
            link.send(message, to);
        } catch (IOException e) {
            log.log(Group.CFG, 1, "sending to DHCP server %s failed: %s", to, e.getMessage());
        }
    }

    /// A message for somebody whom we know is taken; any other is passed over.
    synchronized void received(DhcpMessage message) {
        DhcpExchange exchange = exchanges.get(message.xid());
        Optional<DhcpType> type = message.type();
        if (exchange == null
                || !message.reply()
                || !message.mac().equals(exchange.known.mac())
                || type.filter(exchange::expects).isEmpty()) {
            return;
        }
        switch (type.get()) {
            case OFFER -> onOffer(exchange, message);
            case ACK -> onAck(exchange, message);
            case NAK -> fail(exchange, "the DHCP server refused the address", false);
            default -> throw new IllegalStateException("nobody expects " + type);
        }
    }

    private void onOffer(DhcpExchange exchange, DhcpMessage offer) {
        if (offer.yours().isAny() || leases.containsKey(offer.yours())) {
            return; // perhaps another server has a better one
        }
        log.log(Group.CFG, 1, "received DHCP OFFER of %s", offer.yours());
        exchange.take(offer.yours(), offer.address(DhcpMessage.SERVER_ID));
        transmit(exchange);
    }

    private void onAck(DhcpExchange exchange, DhcpMessage ack) {
        IpAddress address = ack.yours();
        if (!exchange.address().equals(Optional.of(address))) {
            return;
        }
        exchanges.remove(exchange.xid);
        long seconds = ack.leaseSeconds().orElse(SECONDS_UNLESS_TOLD);
        if (exchange.lease.isPresent()) {
            DhcpLease lease = exchange.lease.get();
            lease.granted(clock.get(), seconds);
            watch(lease);
            log.log(Group.CFG, 2, "DHCP lease of %s renewed for %d s", address, seconds);
            return;
        }
        AddressRequest request = exchange.request.orElseThrow();
        if (leases.containsKey(address)) { // two were offered the same at once
            exchange.answer.complete(
                    AddressAnswer.nothing(request, "DHCP gave the address of another peer"));
            return;
        }
        var lease =
                new DhcpLease(
                        address,
                        request.identity(),
                        request.peer().address(),
                        exchange.known,
                        ack.address(DhcpMessage.SERVER_ID).orElse(conf.server()),
                        attributes(ack));
        lease.granted(clock.get(), seconds);
        watch(lease);
        leases.put(address, lease);
        byOwner.put(Owner.of(request), lease);
        log.log(
                Group.CFG,
                1,
                "DHCP server %s leased %s to '%s' for %d s",
                lease.server,
                address,
                lease.identity,
                seconds);
        exchange.answer.complete(given(request, lease));
    }

    private static List<ConfigAttribute> attributes(DhcpMessage ack) {
        return Stream.concat(
                        addresses(ack, DhcpMessage.NAME_SERVERS, ConfigAttribute.INTERNAL_IP4_DNS),
                        addresses(ack, DhcpMessage.WINS_SERVERS, ConfigAttribute.INTERNAL_IP4_NBNS))
                .toList();
    }

    private static Stream<ConfigAttribute> addresses(DhcpMessage ack, int option, int attribute) {
        Bytes value = ack.options().getOrDefault(option, Bytes.EMPTY);
        var all = new ArrayList<ConfigAttribute>();
        for (int at = 0; at + 4 <= value.length(); at += 4) {
            all.add(new ConfigAttribute(attribute, value.slice(at, at + 4).compact()));
        }
        return all.stream();
    }

    /// The first IPv4 address that is wanted is that of the lease.
    private AddressAnswer given(AddressRequest request, DhcpLease lease) {
        lease.use();
        var given = new ArrayList<Optional<IpAddress>>();
        Optional<IpAddress> left = Optional.of(lease.address);
        for (IpAddress wanted : request.wanted()) {
            given.add(wanted.v6() ? Optional.empty() : left);
            left = wanted.v6() ? left : Optional.empty();
        }
        boolean all = given.stream().allMatch(Optional::isPresent);
        return new AddressAnswer(
                given, lease.attributes, all ? "" : "DHCP gives a peer one IPv4 address");
    }

    private void watch(DhcpLease lease) {
        if (!lease.renewAt().equals(Instant.MAX)) {
            due.add(new Due(lease.renewAt(), Optional.empty(), Optional.of(lease)));
            link.wake();
        }
    }

    private void fail(DhcpExchange exchange, String why, boolean silent) {
        exchanges.remove(exchange.xid);
        if (exchange.request.isPresent()) {
            AddressRequest request = exchange.request.get();
            log.log(Group.CFG, 1, "no address for '%s': %s", request.identity(), why);
            exchange.answer.complete(AddressAnswer.nothing(request, why));
        }
        exchange.lease.filter(this::isKept).ifPresent(lease -> notRenewed(lease, silent, why));
    }

    /// The peer keeps the address as long as its IKE_SA lives: nobody can take it away.
    private void notRenewed(DhcpLease lease, boolean silent, String why) {
        Instant now = clock.get();
        if (silent && now.isBefore(lease.ends())) {
            lease.notRenewed(now);
            watch(lease);
            log.log(Group.CFG, 1, "DHCP lease of %s not renewed yet: %s", lease.address, why);
            return;
        }
        lease.over();
        log.log(
                Group.CFG,
                0,
                "'%s' has %s, which the DHCP server does not lease to it any more: %s",
                lease.identity,
                lease.address,
                why);
    }

    /// Does what is due.
    ///
    /// @return when there is more to do, [Instant#MAX] for never
    synchronized Instant tick() {
        Instant now = clock.get();
        while (!due.isEmpty() && !due.peek().at().isAfter(now)) {
            Due next = due.poll();
            next.exchange()
                    .filter(e -> exchanges.get(e.xid) == e && !e.due().isAfter(now))
                    .ifPresent(this::goOn);
            next.lease().filter(l -> isKept(l) && !l.renewAt().isAfter(now)).ifPresent(this::renew);
        }
        return due.isEmpty() ? Instant.MAX : due.peek().at();
    }

    private boolean isKept(DhcpLease lease) {
        return leases.get(lease.address) == lease;
    }

    private void goOn(DhcpExchange exchange) {
        if (exchange.isAtEnd()) {
            fail(exchange, exchange.silence(), true);
        } else {
            transmit(exchange);
        }
    }

    private void renew(DhcpLease lease) {
        if (exchanges.size() >= MOST_EXCHANGES) {
            notRenewed(lease, true, "too many wait for DHCP servers");
            return;
        }
        var exchange = DhcpExchange.renewing(freshXid(), lease);
        exchanges.put(exchange.xid, exchange);
        transmit(exchange);
    }

    @Override
    public synchronized void giveBack(Lease given) {
        DhcpLease lease = leases.get(given.address());
        if (lease == null || !lease.belongsTo(given.identity()) || !lease.leave()) {
            return;
        }
        leases.remove(lease.address);
        byOwner.remove(new Owner(lease.identity, lease.peer), lease);
        exchanges.values().removeIf(e -> e.lease.equals(Optional.of(lease)));
        log.log(Group.CFG, 1, "releasing DHCP lease of %s", lease.address);
        IpAddress to = conf.forceServerAddress() ? conf.server() : lease.server;
        send(DhcpExchange.release(freshXid(), lease), to);
    }

    /// What the server knows the peer by is not known any more.
    @Override
    public void takeOver(Lease lease) {}

    /// Nobody answers any more.
    synchronized void end() {
        for (DhcpExchange exchange : List.copyOf(exchanges.values())) {
            fail(exchange, "the daemon ends", true);
        }
    }
}
