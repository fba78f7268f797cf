package org.keyferry.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Hands on what one socket receives.
final class DatagramHandler extends ChannelInboundHandlerAdapter {
    private final Endpoint local;
    private final boolean natT;
    private final Receiver receiver;
    private final TransportCounters counters;
    private final Log log;

    DatagramHandler(
            Endpoint local, boolean natT, Receiver receiver, TransportCounters counters, Log log) {
        this.local = local;
        this.natT = natT;
        this.receiver = receiver;
        this.counters = counters;
        this.log = log;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var packet = (DatagramPacket) message;
        try {
            counters.received.increment();
            switch (Framing.read(packet.content(), natT)) {
                case Framing.Content.Ike(var ike) ->
                        receiver.received(local, endpoint(packet.sender()), ike);
                case Framing.Content.Keepalive() -> {}
                case Framing.Content.NotIke() -> counters.notIke.increment();
            }
        } finally {
            packet.release();
        }
    }

    private static Endpoint endpoint(InetSocketAddress address) {
        return new Endpoint(IpAddress.of(address.getAddress()), address.getPort());
    }

    /// ICMP errors about datagrams sent before arrive here; the retransmission timers deal with
    /// what they mean.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.log(Group.NET, 2, "socket %s: %s", local, cause.getMessage());
    }
}
