package org.keyferry.daemon.lan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// An address that a server leased for a peer.
final class DhcpLease {
    private static final Duration SHORTEST = Duration.ofSeconds(30);

    final IpAddress address;
    final Identification identity;
    final IpAddress peer;
    final ClientIdentity known;
    final IpAddress server;
    final List<ConfigAttribute> attributes;
    private Instant ends = Instant.MAX;
    private Instant renewAt = Instant.MAX;
    private int users;

    /// @param peer from where it was asked for, without port
    /// @param known what the server knows the peer by
    DhcpLease(
            IpAddress address,
            Identification identity,
            IpAddress peer,
            ClientIdentity known,
            IpAddress server,
            List<ConfigAttribute> attributes) {
        this.address = address;
        this.identity = identity;
        this.peer = peer;
        this.known = known;
        this.server = server;
        this.attributes = List.copyOf(attributes);
    }

    /// An IKE_SA has it: more than one while a peer sets its IKE_SA up anew.
    void use() {
        users++;
    }

    /// @return whether nobody has it any more
    boolean leave() {
        return --users <= 0;
    }

    boolean belongsTo(Identification who) {
        return identity.equals(who);
    }

    Instant ends() {
        return ends;
    }

    Instant renewAt() {
        return renewAt;
    }

    /// The server grants it for this time from now on (RFC 2131 §4.4.5: half of it passes first).
    ///
    /// @param seconds all ones is for ever
    void granted(Instant now, long seconds) {
        if (seconds == 0xffff_ffffL) {
            ends = Instant.MAX;
            renewAt = Instant.MAX;
        } else {
            ends = now.plusSeconds(seconds);
            renewAt = now.plus(half(Duration.ofSeconds(seconds)));
        }
    }

    /// The server is silent: it is asked again when half of what is left has passed.
    void notRenewed(Instant now) {
        renewAt = now.plus(half(Duration.between(now, ends)));
    }

    /// Nothing more is to be expected of the server.
    void over() {
        ends = Instant.MAX;
        renewAt = Instant.MAX;
    }

    private static Duration half(Duration all) {
        Duration half = all.dividedBy(2);
        return half.compareTo(SHORTEST) < 0 ? SHORTEST : half;
    }
}
