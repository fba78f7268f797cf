package org.keyferry.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.keyferry.wire.Endpoint;

/// One bound socket. The event loop receives; whoever sends does so itself, which spares waking the
/// loop for each answer. The lock keeps a sender from using a descriptor after it was closed.
final class UdpSocket {
    private final EpollDatagramChannel channel;
    private final Socket socket;
    private final ReadWriteLock closing = new ReentrantReadWriteLock();
    private boolean closed;

    UdpSocket(EpollDatagramChannel channel) {
        this.channel = channel;
        this.socket = (Socket) channel.fd();
    }

    /// Any thread; does not block.
    ///
    /// @param datagram direct memory
    /// @return whether the kernel took it
    boolean send(ByteBuf datagram, Endpoint to) {
        closing.readLock().lock();
        try {
            return !closed
                    && socket.sendToAddress(
                                    datagram.memoryAddress(),
                                    datagram.readerIndex(),
                                    datagram.writerIndex(),
                                    to.address().toInetAddress(),
                                    to.port())
                            > 0;
        } catch (IOException _) {
            return false;
        } finally {
            closing.readLock().unlock();
        }
    }

    ChannelFuture close() {
        closing.writeLock().lock();
        try {
            closed = true;
        } finally {
            closing.writeLock().unlock();
        }
        return channel.close();
    }
}
