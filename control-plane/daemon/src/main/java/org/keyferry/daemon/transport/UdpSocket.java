package org.keyferry.daemon.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.keyferry.wire.Endpoint;

/// One bound socket. The event loop receives; whoever sends does so itself, which spares waking the
/// loop for each answer. The lock keeps a sender from using a descriptor after it was closed, and
/// those who send with a code point from each other.
final class UdpSocket {
    private static final int ECN_BITS = 2;

    private final EpollDatagramChannel channel;
    private final Socket socket;
    private final ReadWriteLock locks = new ReentrantReadWriteLock();
    private boolean closed;

    UdpSocket(EpollDatagramChannel channel) {
        this.channel = channel;
        this.socket = (Socket) channel.fd();
    }

    /// Any thread; does not block.
    ///
    /// @param datagram direct memory
    /// @param dscp code point of this packet, 0 to 63
    /// @return whether the kernel took it
    boolean send(ByteBuf datagram, Endpoint to, int dscp) {
        Lock lock = dscp == 0 ? locks.readLock() : locks.writeLock();
        lock.lock();
        try {
            return !closed && (dscp == 0 ? send(datagram, to) : sendMarked(datagram, to, dscp));
        } catch (IOException _) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean send(ByteBuf datagram, Endpoint to) throws IOException {
        return socket.sendToAddress(
                        datagram.memoryAddress(),
                        datagram.readerIndex(),
                        datagram.writerIndex(),
                        to.address().toInetAddress(),
                        to.port())
                > 0;
    }

    /// The kernel keeps the code point with the socket: nobody else sends meanwhile.
    private boolean sendMarked(ByteBuf datagram, Endpoint to, int dscp) throws IOException {
        socket.setTrafficClass(dscp << ECN_BITS);
        try {
            return send(datagram, to);
        } finally {
            socket.setTrafficClass(0);
        }
    }

    ChannelFuture close() {
        locks.writeLock().lock();
        try {
            closed = true;
        } finally {
            locks.writeLock().unlock();
        }
        return channel.close();
    }
}
