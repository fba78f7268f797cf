package org.keyferry.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.TcpFrames;

/// One TCP connection. Its first bytes are read one stream prefix's worth and no more: what comes
/// after them belongs to the kernel, if that takes ESP out of the stream. Only the event loop
/// touches it.
final class TcpStream extends ChannelInboundHandlerAdapter {
    private static final int LARGEST_FRAME_BYTES = 0xffff;

    /// Messages in a row that are no IKE: somebody speaks another protocol.
    private static final int MOST_RUBBISH = 16;

    /// That wait for a peer which does not read.
    private static final int MOST_WAITING = 256;

    record Surroundings(
            StreamPreparer preparer, Receiver receiver, TransportCounters counters, Log log) {}

    /// Holds the place of the handler while a connection is being opened.
    static final class Nothing extends ChannelInboundHandlerAdapter {}

    private final EpollSocketChannel channel;
    private final TcpTransport.Ends ends;
    private final TcpOptions options;
    private final Surroundings around;
    private final TcpFrames frames;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private final byte[] prefix = new byte[TcpFrames.PREFIX.length()];
    private int prefixHeld;
    private boolean kernelFrames;
    private boolean writing;
    private boolean closing;
    private int rubbish;
    private ScheduledFuture<?> deadline;

    private TcpStream(
            EpollSocketChannel channel,
            TcpTransport.Ends ends,
            TcpOptions options,
            Surroundings around) {
        this.channel = channel;
        this.ends = ends;
        this.options = options;
        this.around = around;
        this.frames = new TcpFrames(false, options.maxPacket() + TcpFrames.MARKER_BYTES);
    }

    /// On the event loop.
    ///
    /// @param accepted the peer opened it
    static TcpStream begin(
            EpollSocketChannel channel,
            TcpTransport.Ends ends,
            boolean accepted,
            TcpOptions options,
            Surroundings around) {
        var stream = new TcpStream(channel, ends, options, around);
        channel.config().setTcpNoDelay(true);
        channel.config().setRecvByteBufAllocator(stream.new Reads());
        channel.pipeline().addLast(stream);
        if (accepted) {
            stream.expectMore();
        } else {
            stream.prefixHeld = stream.prefix.length;
        }
        return stream;
    }

    TcpTransport.Ends ends() {
        return ends;
    }

    /// As the side that opened it: sends the prefix, and has the kernel take the stream over.
    ///
    /// @param done gets the reason if that fails
    void whenFramed(Consumer<Optional<String>> done) {
        ByteBuf first = channel.alloc().directBuffer(prefix.length);
        first.writeBytes(TcpFrames.PREFIX.asBuffer());
        ChannelFuture sent = channel.writeAndFlush(first);
        sent.addListener(
                _ -> {
                    Optional<String> failure =
                            sent.isSuccess() ? takeOver() : Optional.of(sent.cause().getMessage());
                    if (failure.isEmpty()) {
                        channel.config().setAutoRead(true);
                    }
                    done.accept(failure);
                });
    }

    private Optional<String> takeOver() {
        try {
            kernelFrames = around.preparer().frameStream(channel.fd().intValue());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    /// Strangers have to go on saying something.
    private void expectMore() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline =
                channel.eventLoop()
                        .schedule(this::late, options.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void late() {
        around.log().log(Group.NET, 1, "TCP connection of %s proved nothing", ends.remote());
        drop();
    }

    /// Any thread.
    void keep() {
        channel.eventLoop()
                .execute(
                        () -> {
                            if (deadline != null) {
                                deadline.cancel(false);
                                deadline = null;
                            }
                        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        try {
            if (prefixHeld < prefix.length) {
                onPrefix(in);
            } else if (kernelFrames) {
                take(TcpFrames.frame(copy(in)), in.readableBytes());
            } else {
                for (TcpFrames.Frame frame : frames.take(in.nioBuffer())) {
                    take(frame, 0);
                }
            }
        } catch (PeerViolation e) {
            reject(e.getMessage());
        } finally {
            in.release();
        }
    }

    private static Bytes copy(ByteBuf in) {
        var bytes = new byte[in.readableBytes()];
        in.getBytes(in.readerIndex(), bytes);
        return Bytes.wrapOwned(bytes);
    }

    private void onPrefix(ByteBuf in) throws PeerViolation {
        int taken = in.readableBytes();
        in.readBytes(prefix, prefixHeld, taken);
        new TcpFrames(true, 0).take(java.nio.ByteBuffer.wrap(prefix, 0, prefixHeld + taken));
        prefixHeld += taken;
        if (prefixHeld == prefix.length) {
            takeOver().ifPresent(this::reject);
        }
    }

    private void take(TcpFrames.Frame frame, int wholeBytes) {
        boolean tooLong = wholeBytes > options.maxPacket() + TcpFrames.MARKER_BYTES;
        if (closing) {
            return;
        }
        switch (frame) {
            case TcpFrames.Frame.Ike(var message) when !tooLong -> {
                rubbish = 0;
                around.counters().received.increment();
                if (deadline != null) {
                    expectMore();
                }
                around.receiver().received(ends.local(), ends.remote(), message);
            }
            case TcpFrames.Frame.Keepalive() -> {}
            case TcpFrames.Frame.Ike _, TcpFrames.Frame.Esp _, TcpFrames.Frame.Empty() -> {
                around.counters().notIke.increment();
                if (++rubbish > MOST_RUBBISH) {
                    reject("nothing of IKE in it");
                }
            }
        }
    }

    private void reject(String why) {
        around.log().log(Group.NET, 1, "TCP connection of %s refused: %s", ends.remote(), why);
        drop();
    }

    /// Any thread.
    void send(Bytes message) {
        channel.eventLoop().execute(() -> enqueue(message));
    }

    private void enqueue(Bytes message) {
        int bytes = TcpFrames.MARKER_BYTES + message.length();
        boolean fits = bytes + TcpFrames.LENGTH_BYTES <= LARGEST_FRAME_BYTES;
        if (closing || !fits || waiting.size() >= MOST_WAITING) {
            around.counters().unsendable.increment();
            return;
        }
        ByteBuf frame = channel.alloc().directBuffer(TcpFrames.LENGTH_BYTES + bytes);
        if (!kernelFrames) {
            frame.writeShort(TcpFrames.LENGTH_BYTES + bytes);
        }
        frame.writeInt(0);
        frame.writeBytes(message.asBuffer());
        waiting.add(frame);
        writeNext();
    }

    /// One at a time: several in one write would be one message to the kernel.
    private void writeNext() {
        if (writing) {
            return;
        }
        ByteBuf next = waiting.poll();
        if (next == null) {
            if (closing) {
                var _ = channel.close();
            }
            return;
        }
        writing = true;
        channel.writeAndFlush(next)
                .addListener(
                        _ -> {
                            writing = false;
                            writeNext();
                        });
    }

    /// Any thread. After what was sent before; a peer that does not read it is not waited for long.
    void close() {
        channel.eventLoop()
                .execute(
                        () -> {
                            closing = true;
                            writeNext();
                            if (channel.isOpen()) {
                                var end =
                                        channel.eventLoop()
                                                .schedule(
                                                        this::drop,
                                                        options.patience().toMillis(),
                                                        TimeUnit.MILLISECONDS);
                                channel.closeFuture().addListener(_ -> end.cancel(false));
                            }
                        });
    }

    /// Any thread. At once.
    void drop() {
        var _ = channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        around.log().log(
                Group.NET, 2, "TCP connection with %s: %s", ends.remote(), cause.getMessage());
        drop();
    }

    /// How much is read at once: the rest of the prefix, and then any message.
    private final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {
        Reads() {
            super(1);
        }

        @Override
        @SuppressWarnings("deprecation") // of Handle, which Netty still asks for
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    int missing = prefix.length - prefixHeld;
                    int largest = options.maxPacket() + TcpFrames.MARKER_BYTES + 1;
                    return missing > 0 ? missing : largest;
                }
            };
        }
    }
}
