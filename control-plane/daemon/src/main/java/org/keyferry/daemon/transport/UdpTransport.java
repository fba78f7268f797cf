package org.keyferry.daemon.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.nativeshim.Libc;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// All UDP sockets of a daemon, served by one event loop.
public final class UdpTransport implements AutoCloseable {
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int SO_MARK = 36;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    /// Of each thread; it grows for a larger datagram.
    private static final int SEND_BUFFER_BYTES = 4 << 10;

    private static final int DATAGRAMS_PER_READ = 16;
    private static final int READS_PER_TURN = 16;

    static {
        // Ids of channels need not be unique in the world; without this Netty lists all interfaces.
        System.setProperty("io.netty.machineId", "00:00:00:00:00:00:00:01");
    }

    private final TransportOptions options;
    private final SocketPreparer preparer;
    private final Receiver receiver;
    private final Log log;
    private final TransportCounters counters = new TransportCounters();
    private final MultiThreadIoEventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("udp", true), EpollIoHandler.newFactory());
    private final Map<Endpoint, UdpSocket> sockets = new ConcurrentHashMap<>();
    private final ThreadLocal<ByteBuf> sendBuffer =
            ThreadLocal.withInitial(() -> Unpooled.directBuffer(SEND_BUFFER_BYTES));

    /// Addresses that could not be bound, so that each is reported once.
    private final Set<Endpoint> unusable = new HashSet<>();

    private boolean started;

    public UdpTransport(
            TransportOptions options, SocketPreparer preparer, Receiver receiver, Log log) {
        this.options = options;
        this.preparer = preparer;
        this.receiver = receiver;
        this.log = log;
    }

    public TransportCounters counters() {
        return counters;
    }

    /// Opens the sockets of new addresses and closes those of addresses that are gone.
    ///
    /// @throws IOException at the first call only, if a socket cannot be opened
    public synchronized void use(List<InetAddress> addresses) throws IOException {
        var wanted = new HashSet<Endpoint>();
        for (InetAddress address : addresses) {
            if (!options.uses(address)) {
                continue;
            }
            for (boolean natT : new boolean[] {false, true}) {
                var endpoint =
                        new Endpoint(
                                IpAddress.of(address), natT ? options.natTPort() : options.port());
                wanted.add(endpoint);
                if (!sockets.containsKey(endpoint)) {
                    open(endpoint, address, natT);
                }
            }
        }
        for (Endpoint endpoint : Set.copyOf(sockets.keySet())) {
            if (!wanted.contains(endpoint)) {
                var _ = sockets.remove(endpoint).close();
                log.log(Group.NET, 1, "no longer listening on %s", endpoint);
            }
        }
        unusable.retainAll(wanted);
        started = true;
    }

    private void open(Endpoint endpoint, InetAddress address, boolean natT) throws IOException {
        ChannelFuture bound = bind(endpoint, address, natT).awaitUninterruptibly();
        if (bound.isSuccess()) {
            unusable.remove(endpoint);
            sockets.put(endpoint, new UdpSocket((EpollDatagramChannel) bound.channel()));
            log.log(Group.NET, 2, "listening on %s", endpoint);
            return;
        }
        String why = "unable to listen on " + endpoint + ": " + bound.cause().getMessage();
        if (!started) {
            throw new IOException(why, bound.cause());
        }
        if (unusable.add(endpoint)) {
            log.log(Group.NET, 0, "%s", why);
        }
    }

    private ChannelFuture bind(Endpoint endpoint, InetAddress address, boolean natT) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> newChannel(address instanceof Inet6Address, natT))
                .option(EpollChannelOption.IP_FREEBIND, true)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(options.maxDatagram() * DATAGRAMS_PER_READ)
                                .maxMessagesPerRead(DATAGRAMS_PER_READ * READS_PER_TURN))
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, options.maxDatagram())
                .handler(new DatagramHandler(endpoint, natT, receiver, counters, log))
                .bind(new InetSocketAddress(address, endpoint.port()));
    }

    private EpollDatagramChannel newChannel(boolean v6, boolean natT) {
        var channel =
                new EpollDatagramChannel(
                        v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        try {
            if (v6) {
                Libc.setsockopt(channel.fd().intValue(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
            }
            if (options.mark().isPresent()) {
                Libc.setsockopt(
                        channel.fd().intValue(),
                        Libc.SOL_SOCKET,
                        SO_MARK,
                        options.mark().getAsInt());
            }
            int port = natT ? options.natTPort() : options.port();
            preparer.prepare(channel.fd().intValue(), v6, natT, port);
            return channel;
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw new UncheckedIOException(e);
        }
    }

    /// Sends in order. Any thread. What cannot be sent is counted and dropped: IKE repeats what
    /// matters.
    public void send(List<Outgoing> batch) {
        ByteBuf datagram = sendBuffer.get();
        for (Outgoing outgoing : batch) {
            UdpSocket socket = sockets.get(outgoing.local());
            Framing.write(datagram.clear(), outgoing.message(), outgoing.marked());
            if (socket != null && socket.send(datagram, outgoing.remote(), outgoing.dscp())) {
                counters.sent.increment();
            } else {
                counters.unsendable.increment();
            }
        }
    }

    /// Closes all sockets.
    @Override
    public synchronized void close() {
        sockets.values().forEach(socket -> socket.close().awaitUninterruptibly());
        sockets.clear();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
