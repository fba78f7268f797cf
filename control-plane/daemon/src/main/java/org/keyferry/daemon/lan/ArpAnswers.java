package org.keyferry.daemon.lan;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.PacketSocket;
import org.keyferry.wire.Bytes;

/// Answers ARP requests for virtual IPs with this host's own MAC, so that hosts in the network
/// behind it find peers that have addresses of that network.
final class ArpAnswers implements AutoCloseable {
    private static final int LONGEST_PACKET = 1_500;

    /// Questions.
    private static final long[] REQUESTS = {
        DhcpSockets.code(0x28, 0, 0, 6),
        DhcpSockets.code(0x15, 0, 1, ArpPacket.REQUEST),
        DhcpSockets.code(0x06, 0, 0, 0xffff),
        DhcpSockets.code(0x06, 0, 0, 0),
    };

    private final PacketSocket socket;
    private final ArpEntries entries;
    private final Log log;
    private final PacketEar ear;

    /// @param socket of [#open]; is closed with this
    ArpAnswers(PacketSocket socket, ArpEntries entries, Log log) throws LinuxError {
        this.socket = socket;
        this.entries = entries;
        this.log = log;
        this.ear = new PacketEar("answering ARP", socket, LONGEST_PACKET, this::take, log);
    }

    /// @throws LinuxError without CAP_NET_RAW
    static PacketSocket open() throws LinuxError {
        return PacketSocket.open(PacketSocket.ETH_P_ARP, 0, REQUESTS);
    }

    private void take(ByteBuffer in, int interfaceIndex) throws LinuxError {
        try {
            ArpPacket question = ArpPacket.decode(in);
            if (question.operation() == ArpPacket.REQUEST
                    && entries.answers(question.sender(), question.target())) {
                answer(question, interfaceIndex);
            }
        } catch (Malformed e) {
            log.log(Group.NET, 2, "ignoring a packet: %s", e.getMessage());
        } catch (SocketException e) {
            log.log(Group.NET, 1, "unable to learn the own MAC: %s", e.getMessage());
        }
    }

    private void answer(ArpPacket question, int interfaceIndex) throws LinuxError, SocketException {
        NetworkInterface link = NetworkInterface.getByIndex(interfaceIndex);
        byte[] mac = link == null ? null : link.getHardwareAddress();
        if (mac == null || mac.length != 6) {
            return; // it is gone, or has no such addresses
        }
        ByteBuffer out = ByteBuffer.allocateDirect(ArpPacket.BYTES);
        question.answeredWith(Bytes.of(mac)).encode(out);
        socket.send(interfaceIndex, question.senderMac().toArray(), out.flip());
        log.log(
                Group.NET,
                2,
                "told %s on %s that %s is here",
                question.sender(),
                link.getName(),
                question.target());
    }

    @Override
    public void close() throws LinuxError {
        ear.close();
    }
}
