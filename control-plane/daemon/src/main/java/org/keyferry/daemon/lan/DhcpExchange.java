package org.keyferry.daemon.lan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// One conversation with servers about one address: DISCOVER and REQUEST for a new one, REQUEST
/// alone for one that is to be kept.
final class DhcpExchange {
    /// A peer waits for the outcome, and repeats its request after 4 s.
    private static final List<Duration> PATIENCE =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));

    private static final Bytes WANTED =
            Bytes.of(
                    (byte) DhcpMessage.NAME_SERVERS,
                    (byte) DhcpMessage.WINS_SERVERS,
                    (byte) DhcpMessage.LEASE_TIME,
                    (byte) DhcpMessage.SERVER_ID);

    final int xid;
    final ClientIdentity known;

    /// Of a peer; empty for a renewal.
    final Optional<AddressRequest> request;

    /// That is renewed.
    final Optional<DhcpLease> lease;

    final CompletableFuture<AddressAnswer> answer = new CompletableFuture<>();
    private DhcpType last;
    private Optional<IpAddress> address;
    private Optional<IpAddress> server = Optional.empty();
    private int transmissions;
    private Instant due = Instant.MIN;

    private DhcpExchange(
            int xid,
            ClientIdentity known,
            Optional<AddressRequest> request,
            Optional<DhcpLease> lease,
            Optional<IpAddress> address) {
        this.xid = xid;
        this.known = known;
        this.request = request;
        this.lease = lease;
        this.address = address;
        this.last = lease.isPresent() ? DhcpType.REQUEST : DhcpType.DISCOVER;
    }

    /// @param wanted unspecified for any
    static DhcpExchange obtaining(
            int xid, ClientIdentity known, AddressRequest request, IpAddress wanted) {
        return new DhcpExchange(
                xid,
                known,
                Optional.of(request),
                Optional.empty(),
                Optional.of(wanted).filter(some -> !some.isAny()));
    }

    /// As a client does that comes back to a network (INIT-REBOOT, RFC 2131 §4.3.2): the answer to
    /// a plain renewal would go to the address itself, which means to the peer.
    static DhcpExchange renewing(int xid, DhcpLease lease) {
        return new DhcpExchange(
                xid, lease.known, Optional.empty(), Optional.of(lease), Optional.of(lease.address));
    }

    Instant due() {
        return due;
    }

    boolean expects(DhcpType type) {
        return last == DhcpType.DISCOVER
                ? type == DhcpType.OFFER
                : type == DhcpType.ACK || type == DhcpType.NAK;
    }

    /// An offer is taken: the next transmission asks for it.
    void take(IpAddress offered, Optional<IpAddress> by) {
        last = DhcpType.REQUEST;
        address = Optional.of(offered);
        server = by;
        transmissions = 0;
    }

    Optional<IpAddress> address() {
        return address;
    }

    boolean isAtEnd() {
        return transmissions >= PATIENCE.size();
    }

    /// Why there was no answer, a sentence.
    String silence() {
        return last == DhcpType.DISCOVER
                ? "no DHCP server offered an address"
                : "the DHCP server did not confirm " + address.map(Object::toString).orElse("");
    }

    /// The message goes out once more.
    void transmitted(Instant now) {
        due = now.plus(PATIENCE.get(transmissions++));
    }

    /// What is to be sent.
    ///
    /// @param relay this host's address as relay agent, or unspecified
    DhcpMessage message(IpAddress relay) {
        var options = new TreeMap<Integer, Bytes>();
        options.put(DhcpMessage.PARAMETERS, WANTED);
        address.ifPresent(
                some -> options.put(DhcpMessage.REQUESTED_ADDRESS, Bytes.of(some.toBytes())));
        server.ifPresent(some -> options.put(DhcpMessage.SERVER_ID, Bytes.of(some.toBytes())));
        return message(last, xid, known, IpAddress.ANY_V4, relay, options);
    }

    static DhcpMessage release(int xid, DhcpLease lease) {
        Map<Integer, Bytes> options =
                Map.of(DhcpMessage.SERVER_ID, Bytes.of(lease.server.toBytes()));
        return message(
                DhcpType.RELEASE, xid, lease.known, lease.address, IpAddress.ANY_V4, options);
    }

    private static DhcpMessage message(
            DhcpType type,
            int xid,
            ClientIdentity known,
            IpAddress client,
            IpAddress relay,
            Map<Integer, Bytes> more) {
        var options = new TreeMap<>(more);
        options.put(DhcpMessage.MESSAGE_TYPE, type.value());
        known.clientId().ifPresent(id -> options.put(DhcpMessage.CLIENT_ID, id));
        boolean broadcast = relay.isAny() && client.isAny();
        return new DhcpMessage(
                false, xid, broadcast, client, IpAddress.ANY_V4, relay, known.mac(), options);
    }
}
