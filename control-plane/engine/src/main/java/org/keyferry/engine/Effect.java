package org.keyferry.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// What an [Engine] wants done, in order. The performer does all effects of one input before it
/// gives the next one.
public sealed interface Effect {

    /// Sends an IKE message.
    ///
    /// @param datagram without the non-ESP marker; the performer adds it when `marked`
    /// @param marked the message travels between NAT-T ports (RFC 7296 §2.23)
    /// @param dscp differentiated services code point, 0 to 63
    record Send(Endpoint local, Endpoint remote, Bytes datagram, boolean marked, int dscp)
            implements Effect {}

    /// Sends the one byte 0xff that keeps a NAT binding alive (RFC 3948 §2.3).
    record SendKeepalive(Endpoint local, Endpoint remote) implements Effect {}

    /// Opens a TCP connection for IKE and ESP (RFC 9329); the answer goes back as
    /// [Input.StreamOpened] or [Input.StreamRefused].
    ///
    /// @param sa our SPI, to find the way back
    record OpenStream(IkeSpi sa, IpAddress local, Endpoint remote) implements Effect {}

    /// A TCP connection carries an IKE_SA whose peer has proved itself.
    record KeepStream(Endpoint local, Endpoint remote) implements Effect {}

    /// Nobody needs this TCP connection any more, if it is still there; what was sent before goes
    /// out.
    record CloseStream(Endpoint local, Endpoint remote) implements Effect {}

    /// Does arithmetic that a shard should not wait for; the result goes back as [Input.Computed].
    ///
    /// @param sa our SPI, to find the way back
    record Compute(IkeSpi sa, long ticket, ComputeJob job) implements Effect {}

    /// Asks the dataplane; the answer goes back as [Input.KernelAnswered].
    record Kernel(IkeSpi sa, long ticket, KernelOp op) implements Effect {}

    /// Asks for addresses for a peer; the answer goes back as [Input.Addressed]. What is given with
    /// it is given back by [GiveBack], each address by one.
    ///
    /// @param afterOthers only when all shards have seen what was broadcast before: it may free
    ///   addresses
    record Address(IkeSpi sa, long ticket, AddressRequest request, boolean afterOthers)
            implements Effect {}

    /// The peer does not use it any more.
    record GiveBack(Lease lease) implements Effect {}

    /// An SA from a record of it uses this, or its peer, which has it already, is elsewhere now.
    record TakeOver(Lease lease) implements Effect {}

    /// Asks for the host's ways to each of these addresses; they come back as [Input.PathsFound].
    ///
    /// @param sa our SPI, to find the way back
    /// @param local the own address in use, which is stayed with if it still leads to the first of
    ///   `remotes`
    record FindPaths(IkeSpi sa, IpAddress local, List<IpAddress> remotes) implements Effect {
        public FindPaths {
            remotes = List.copyOf(remotes);
        }
    }

    /// Asks for the way to another gateway, by name or address; it comes back as
    /// [Input.GatewayFound].
    ///
    /// @param sa our SPI, to find the way back
    /// @param connection whose own addresses are used
    record FindGateway(IkeSpi sa, Connection connection, Gateway gateway) implements Effect {}

    /// Asks the server that EAP is passed on to; the answer goes back as [Input.EapAnswered].
    record Eap(IkeSpi sa, long ticket, EapQuery query) implements Effect {}

    /// Asks for [Input.Initiate] after a while, with names resolved again.
    ///
    /// @param local, remote the former path, for a connection that names no address
    record Reinitiate(
            Connection connection,
            Optional<String> child,
            Attempt attempt,
            Duration delay,
            Endpoint local,
            Endpoint remote)
            implements Effect {}

    /// Asks for the trap policies of a child, if it has none.
    record Trap(Connection connection, String child) implements Effect {}

    /// Gives an input to all other shards.
    record Broadcast(Input input) implements Effect {}

    /// Tells VICI clients, metrics and the log.
    record Tell(Event event) implements Effect {}
}
