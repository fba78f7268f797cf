package org.keyferry.daemon.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
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
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
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
    private final Map<Endpoint, EpollDatagramChannel> sockets = new ConcurrentHashMap<>();

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
            sockets.put(endpoint, (EpollDatagramChannel) bound.channel());
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
            preparer.prepare(channel.fd().intValue(), v6, natT);
            return channel;
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw new UncheckedIOException(e);
        }
    }

    /// Sends in order. Any thread; the list is the transport's from now on. What cannot be sent is
    /// counted and dropped: IKE repeats what matters.
    public void send(List<Outgoing> batch) {
        loop.execute(() -> sendNow(batch));
    }

    private void sendNow(List<Outgoing> batch) {
        var touched = new HashSet<EpollDatagramChannel>(4);
        for (Outgoing outgoing : batch) {
            EpollDatagramChannel channel = sockets.get(outgoing.local());
            if (channel == null || !channel.isWritable()) {
                counters.unsendable.increment();
                continue;
            }
            ByteBuf datagram =
                    channel.alloc()
                            .directBuffer(
                                    Framing.MARKER_BYTES
                                            + outgoing.message().map(m -> m.length()).orElse(1));
            Framing.write(datagram, outgoing.message(), outgoing.marked());
            Endpoint to = outgoing.remote();
            var _ =
                    channel.write(
                            new DatagramPacket(
                                    datagram,
                                    new InetSocketAddress(to.address().toInetAddress(), to.port())),
                            channel.voidPromise());
            counters.sent.increment();
            touched.add(channel);
        }
        touched.forEach(EpollDatagramChannel::flush);
    }

    /// Sends what was given before and closes all sockets.
    @Override
    public synchronized void close() {
        sockets.values().forEach(channel -> channel.close().awaitUninterruptibly());
        sockets.clear();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
