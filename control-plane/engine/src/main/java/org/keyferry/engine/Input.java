package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapPeer;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// What an [Engine] is told. Everything slow that it asked for by an [Effect] comes back as one of
/// these.
public sealed interface Input {

    /// A datagram from the network.
    ///
    /// @param local where it arrived; the port tells 500 from 4500
    /// @param datagram the IKE message, without the non-ESP marker
    record Received(Endpoint local, Endpoint remote, Bytes datagram) implements Input {}

    /// Takes the configuration that is valid from now on. Running SAs keep the connection that they
    /// were set up with.
    record Configured(Configuration configuration) implements Input {}

    /// Sets up an IKE_SA and, if named, one CHILD_SA. Ends with [Event.RequestDone] for
    /// `requestId`.
    ///
    /// @param local own address and port; the daemon has resolved names and chosen the source
    /// @param child name of the child to bring up; empty for an IKE_SA alone
    record Initiate(
            long requestId,
            Connection connection,
            Optional<String> child,
            Endpoint local,
            Endpoint remote,
            Attempt attempt)
            implements Input {
        /// Because a user asked.
        public Initiate(
                long requestId,
                Connection connection,
                Optional<String> child,
                Endpoint local,
                Endpoint remote) {
            this(requestId, connection, child, local, remote, Attempt.MANUAL);
        }

        /// Of all users who wait for it.
        public List<Long> requests() {
            return Stream.concat(Stream.of(requestId), attempt.alsoWaiting().stream())
                    .filter(id -> id != 0)
                    .toList();
        }
    }

    /// Deletes the IKE_SA with this unique id. Ends with [Event.RequestDone].
    ///
    /// @param force forget it at once instead of waiting for the peer's answer
    record TerminateIke(long requestId, int ikeUniqueId, boolean force) implements Input {}

    /// Deletes the CHILD_SA with this unique id. Ends with [Event.RequestDone].
    record TerminateChild(long requestId, int childUniqueId, boolean force) implements Input {}

    /// Replaces the CHILD_SA with this unique id by a new one. Ends with [Event.RequestDone].
    record RekeyChild(long requestId, int childUniqueId) implements Input {}

    /// Replaces the IKE_SA with this unique id by a new one, which takes its children over. Ends
    /// with [Event.RequestDone].
    record RekeyIke(long requestId, int ikeUniqueId) implements Input {}

    /// Sets up the IKE_SA with this unique id and its children anew. Ends with [Event.RequestDone]
    /// when that has begun.
    record Reauthenticate(long requestId, int ikeUniqueId) implements Input {}

    /// Sends the client of the IKE_SA with this unique id to another gateway.
    record Redirect(int ikeUniqueId, Gateway target) implements Input {}

    /// Who let the peer of this IKE_SA in wants it to authenticate again in that time; it ends some
    /// time after that if the peer does not.
    record LimitSession(int ikeUniqueId, Duration limit) implements Input {}

    /// Deletes every SA; set-ups under way are abandoned.
    record Shutdown() implements Input {}

    /// Some timer that the engine started may be due; see [Engine#nextDeadline].
    record Tick() implements Input {}

    /// The answer to [Effect.Compute].
    record Computed(IkeSpi sa, long ticket, Computation result) implements Input {}

    /// The answer to [Effect.Kernel].
    record KernelAnswered(IkeSpi sa, long ticket, KernelAnswer answer) implements Input {}

    /// The answer to [Effect.Address].
    ///
    /// @param request that it answers
    record Addressed(IkeSpi sa, long ticket, AddressRequest request, AddressAnswer answer)
            implements Input {}

    /// The answer to [Effect.Eap].
    record EapAnswered(IkeSpi sa, long ticket, EapAnswer answer) implements Input {}

    /// The kernel says that a state reached a limit of its lifetime.
    ///
    /// @param destination of the state that expired: our address or the peer's
    /// @param protocolId ESP or AH
    /// @param hard it is gone; otherwise it asks to be replaced
    record ChildExpired(IpAddress destination, int protocolId, ChildSpi spi, boolean hard)
            implements Input {}

    /// The kernel took a genuine packet for an inbound state from another address or port than the
    /// state has: the peer's NAT gave it another mapping.
    ///
    /// @param destination of the state: our address
    /// @param protocolId ESP or AH
    record PeerSeen(IpAddress destination, int protocolId, ChildSpi spi, Endpoint remote)
            implements Input {}

    /// Packets came for these inbound states, at some time between two looks at the kernel.
    record TrafficSeen(List<InboundState> states, Instant from, Instant to) implements Input {
        public TrafficSeen {
            states = List.copyOf(states);
        }
    }

    /// @param destination our address
    /// @param protocolId ESP or AH
    record InboundState(IpAddress destination, int protocolId, ChildSpi spi) {}

    /// The peer with these identities has proved that it knows none of its former SAs
    /// (INITIAL_CONTACT, RFC 7296 §2.4), or `unique = replace` ends them; sent between shards by
    /// [Effect.Broadcast].
    ///
    /// @param v6 only SAs over this address family are meant
    /// @param replacing with `unique = replace` the connection whose SAs are deleted; empty when
    ///   all are forgotten without a DELETE
    record DuplicatesObsolete(
            Identification localId,
            Identification remoteId,
            boolean v6,
            Optional<Connection> replacing)
            implements Input {}

    /// Addresses or routes of this host may have changed. Given once at the start, too.
    ///
    /// @param own all addresses that can be used
    record NetworkChanged(List<IpAddress> own) implements Input {
        public NetworkChanged {
            own = List.copyOf(own);
        }
    }

    /// The answer to [Effect.FindPaths].
    ///
    /// @param paths for each address that can be reached the way that the host prefers, in the
    ///   order of the question; then the present one, if it is another but may still be used
    record PathsFound(IkeSpi sa, List<Path> paths) implements Input {
        public PathsFound {
            paths = List.copyOf(paths);
        }
    }

    /// The answer to [Effect.OpenStream].
    ///
    /// @param local with the port that it has
    record StreamOpened(IkeSpi sa, Endpoint local, Endpoint remote) implements Input {}

    /// The answer to [Effect.OpenStream] if there is no connection.
    record StreamRefused(IkeSpi sa, Endpoint remote, String reason) implements Input {}

    /// A connection that was opened for an [Effect.OpenStream] broke.
    record StreamLost(Endpoint local, Endpoint remote) implements Input {}

    /// The answer to [Effect.FindGateway].
    ///
    /// @param path empty if the gateway cannot be found or reached
    record GatewayFound(IkeSpi sa, Optional<Path> path) implements Input {}

    /// Result of an [Effect.Compute].
    sealed interface Computation {
        /// As initiator: our public value.
        record LocalKeyReady(org.keyferry.crypto.KeyExchangeMethod.LocalKey key)
                implements Computation {}

        /// Keys of the IKE_SA.
        ///
        /// @param ownPublicValue as responder what goes into our KE payload, else empty
        record KeysReady(IkeKeys keys, Bytes ownPublicValue) implements Computation {}

        /// As responder of CREATE_CHILD_SA: the secret of its key exchange.
        record SecretReady(org.keyferry.crypto.Secret shared, Bytes ownPublicValue)
                implements Computation {}

        /// Data of our AUTH payload.
        ///
        /// @param withoutPpk for a responder that does not know the PPK that is offered
        /// @param stapled answers of OCSP responders about our certificates
        /// @param notes lines for the log
        record Signed(
                Bytes auth, Optional<Bytes> withoutPpk, List<Bytes> stapled, List<String> notes)
                implements Computation {
            public Signed {
                stapled = List.copyOf(stapled);
                notes = List.copyOf(notes);
            }
        }

        /// Our key could not be used.
        record NotSigned(String reason) implements Computation {}

        /// What the peer's signature and certificates are worth.
        record Judged(org.keyferry.engine.trust.Judgement judgement) implements Computation {}

        /// What our EAP method says, as server.
        record EapServed(EapAnswer answer) implements Computation {}

        /// The same as client.
        record EapStepped(EapPeer.Step step) implements Computation {}

        /// Keys that solve a puzzle; empty if nobody wanted them any more.
        record Solved(Optional<List<Bytes>> keys) implements Computation {}

        /// The peer's public value is unusable.
        record Unusable(org.keyferry.wire.Violation violation) implements Computation {}
    }
}
