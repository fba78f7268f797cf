package org.keyferry.daemon.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.nativeshim.Libc;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// IKE in TCP connections (RFC 9329), served by one event loop. Who connects may send IKE messages
/// at once; until an IKE_SA vouches for it ([#keep]) it is a stranger, of whom there are not many
/// and not for long.
public final class TcpTransport implements AutoCloseable {
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int SO_MARK = 36;
    private static final int CONNECT_MILLIS = 10_000;
    private static final int KEEPALIVE_SECONDS = 60;
    private static final int BACKLOG = 128;

    /// Both ends of a connection.
    record Ends(Endpoint local, Endpoint remote) {}

    private final TcpOptions options;
    private final StreamPreparer preparer;
    private final Receiver receiver;
    private final Consumer<Input.StreamLost> lost;
    private final Log log;
    private final TransportCounters counters;
    private final Strangers strangers = new Strangers();
    private final MultiThreadIoEventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("tcp", true), EpollIoHandler.newFactory());
    private final Map<Endpoint, Channel> listeners = new HashMap<>();
    private final Map<Ends, TcpStream> streams = new ConcurrentHashMap<>();
    private final Set<Endpoint> unusable = new HashSet<>();
    private boolean started;

    /// @param lost is told of connections of ours that break
    public TcpTransport(
            TcpOptions options,
            StreamPreparer preparer,
            Receiver receiver,
            Consumer<Input.StreamLost> lost,
            TransportCounters counters,
            Log log) {
        this.options = options;
        this.preparer = preparer;
        this.receiver = receiver;
        this.lost = lost;
        this.counters = counters;
        this.log = log;
    }

    /// As [UdpTransport#use].
    synchronized void use(List<InetAddress> addresses) throws IOException {
        var wanted = new HashSet<Endpoint>();
        for (InetAddress address : addresses) {
            if (options.listensOn(address)) {
                var endpoint = Endpoint.ofTcp(IpAddress.of(address), options.port());
                wanted.add(endpoint);
                if (!listeners.containsKey(endpoint)) {
                    listen(endpoint, address);
                }
            }
        }
        for (Endpoint endpoint : Set.copyOf(listeners.keySet())) {
            if (!wanted.contains(endpoint)) {
                var _ = listeners.remove(endpoint).close();
                log.log(Group.NET, 1, "no longer listening on %s", endpoint);
            }
        }
        unusable.retainAll(wanted);
        started = true;
    }

    private void listen(Endpoint endpoint, InetAddress address) throws IOException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loop)
                        .channelFactory(() -> listener(address instanceof Inet6Address))
                        .option(EpollChannelOption.IP_FREEBIND, true)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childHandler(accepting())
                        .bind(new InetSocketAddress(address, endpoint.port()))
                        .awaitUninterruptibly();
        if (bound.isSuccess()) {
            unusable.remove(endpoint);
            listeners.put(endpoint, bound.channel());
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

    private EpollServerSocketChannel listener(boolean v6) {
        var channel =
                new EpollServerSocketChannel(
                        v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        prepare(channel, v6);
        return channel;
    }

    /// What a listener has, connections that it takes have as well.
    private void prepare(UnixChannel channel, boolean v6) {
        int fd = channel.fd().intValue();
        try {
            if (v6) {
                Libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
            }
            if (options.mark().isPresent()) {
                Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_MARK, options.mark().getAsInt());
            }
            preparer.prepareStream(fd, v6);
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw new UncheckedIOException(e);
        }
    }

    private ChannelInitializer<EpollSocketChannel> accepting() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(EpollSocketChannel channel) {
                var ends = endsOf(channel);
                var stream = stream(channel, ends, true);
                streams.put(ends, stream);
                strangers
                        .comes(stream, ends.remote().address())
                        .ifPresent(
                                dropped -> {
                                    log.log(
                                            Group.NET,
                                            1,
                                            "too many TCP connections, dropping that of %s",
                                            dropped.ends().remote());
                                    dropped.drop();
                                });
                channel.closeFuture()
                        .addListener(
                                _ -> {
                                    strangers.goes(stream);
                                    streams.remove(ends, stream);
                                });
            }
        };
    }

    private TcpStream stream(EpollSocketChannel channel, Ends ends, boolean accepted) {
        return TcpStream.begin(
                channel,
                ends,
                accepted,
                options,
                new TcpStream.Surroundings(preparer, receiver, counters, log));
    }

    private static Ends endsOf(EpollSocketChannel channel) {
        return new Ends(endpoint(channel.localAddress()), endpoint(channel.remoteAddress()));
    }

    private static Endpoint endpoint(InetSocketAddress address) {
        return Endpoint.ofTcp(IpAddress.of(address.getAddress()), address.getPort());
    }

    /// Opens a connection from `local`, whose port does not matter.
    ///
    /// @param answer gets what became of it, on another thread
    public void open(IkeSpi sa, IpAddress local, Endpoint remote, Consumer<Input> answer) {
        boolean v6 = remote.address().v6();
        ChannelFuture connecting;
        try {
            connecting =
                    new Bootstrap()
                            .group(loop)
                            .channelFactory(() -> connection(v6))
                            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                            .option(ChannelOption.AUTO_READ, false)
                            .option(ChannelOption.SO_KEEPALIVE, true)
                            .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
                            .handler(new TcpStream.Nothing())
                            .connect(
                                    new InetSocketAddress(
                                            remote.address().toInetAddress(), remote.port()),
                                    new InetSocketAddress(local.toInetAddress(), 0));
        } catch (RuntimeException e) {
            answer.accept(new Input.StreamRefused(sa, remote, e.getMessage()));
            return;
        }
        connecting.addListener(
                _ -> {
                    if (!connecting.isSuccess()) {
                        String why = connecting.cause().getMessage();
                        answer.accept(new Input.StreamRefused(sa, remote, why));
                        return;
                    }
                    opened((EpollSocketChannel) connecting.channel(), sa, remote, answer);
                });
    }

    private EpollSocketChannel connection(boolean v6) {
        var channel =
                new EpollSocketChannel(v6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        prepare(channel, v6);
        return channel;
    }

    private void opened(
            EpollSocketChannel channel, IkeSpi sa, Endpoint remote, Consumer<Input> answer) {
        var ends = endsOf(channel);
        var stream = stream(channel, ends, false);
        streams.put(ends, stream);
        stream.whenFramed(
                failure -> {
                    if (failure.isPresent()) {
                        streams.remove(ends, stream);
                        stream.drop();
                        answer.accept(new Input.StreamRefused(sa, remote, failure.get()));
                        return;
                    }
                    answer.accept(new Input.StreamOpened(sa, ends.local(), ends.remote()));
                    channel.closeFuture()
                            .addListener(
                                    _ -> {
                                        if (streams.remove(ends, stream)) {
                                            lost.accept(
                                                    new Input.StreamLost(
                                                            ends.local(), ends.remote()));
                                        }
                                    });
                });
    }

    /// Any thread. A message for a connection that is gone is counted and dropped: the IKE_SA hears
    /// of that, too.
    void send(Outgoing outgoing) {
        TcpStream stream = streams.get(new Ends(outgoing.local(), outgoing.remote()));
        if (stream == null || outgoing.message().isEmpty()) {
            counters.unsendable.increment();
            return;
        }
        counters.sent.increment();
        stream.send(outgoing.message().get());
    }

    /// Its peer has proved itself.
    public void keep(Endpoint local, Endpoint remote) {
        Optional.ofNullable(streams.get(new Ends(local, remote)))
                .ifPresent(
                        stream -> {
                            strangers.goes(stream);
                            stream.keep();
                        });
    }

    /// Closes a connection after what was sent.
    public void close(Endpoint local, Endpoint remote) {
        Optional.ofNullable(streams.remove(new Ends(local, remote))).ifPresent(TcpStream::close);
    }

    /// Connections that are there.
    public int size() {
        return streams.size();
    }

    @Override
    public synchronized void close() {
        listeners.values().forEach(listener -> listener.close().awaitUninterruptibly());
        listeners.clear();
        List.copyOf(streams.keySet()).forEach(ends -> close(ends.local(), ends.remote()));
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
