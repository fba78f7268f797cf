package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import org.keyferry.wire.IpAddress;

/// Which packets a packet socket is to take, as programs of the classic BPF.
final class ForecastFilters {
    /// A packet has so many instructions to spend (`BPF_MAXINSNS`).
    static final int MOST_INSTRUCTIONS = 4_096;

    private static final int LOAD = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int PACKET_TYPE = 0xfffff004; // SKF_AD_OFF + SKF_AD_PKTTYPE
    private static final int MARK = 0xfffff014; // SKF_AD_OFF + SKF_AD_MARK
    private static final int DESTINATION = 16;
    private static final int BROADCAST = 1;
    private static final int OUTGOING = 4;
    private static final int LOOPBACK = 5;
    private static final int WHOLE = 0xffff;
    private static final int MULTICAST_BITS = 0xf0000000;
    private static final int MULTICAST = 0xe0000000;

    /// What others sent to a network: broadcasts and multicasts that are in the clear and nobody
    /// has marked.
    static long[] ofNetwork() {
        return new long[] {
            code(LOAD, 0, 0, PACKET_TYPE),
            code(JUMP_IF_EQUAL, 7, 0, LOOPBACK),
            code(JUMP_IF_EQUAL, 6, 0, OUTGOING),
            code(JUMP_IF_EQUAL, 3, 0, BROADCAST),
            code(LOAD, 0, 0, DESTINATION),
            code(AND, 0, 0, MULTICAST_BITS),
            code(JUMP_IF_EQUAL, 0, 2, MULTICAST),
            code(LOAD, 0, 0, MARK),
            code(JUMP_IF_EQUAL, 1, 0, 0),
            code(RETURN, 0, 0, 0),
            code(RETURN, 0, 0, WHOLE),
        };
    }

    /// What came by CHILD_SAs: packets keep the mark that ESP had.
    ///
    /// @param broadcast of the network behind this host
    /// @throws IllegalArgumentException if there are too many marks
    static long[] ofPeers(Collection<Integer> marks, IpAddress broadcast) {
        var program = new ArrayList<Long>();
        program.add(code(LOAD, 0, 0, PACKET_TYPE));
        program.add(code(JUMP_IF_EQUAL, 5, 0, OUTGOING));
        program.add(code(LOAD, 0, 0, DESTINATION));
        program.add(code(JUMP_IF_EQUAL, 4, 0, ByteBuffer.wrap(broadcast.toBytes()).getInt()));
        program.add(code(JUMP_IF_EQUAL, 3, 0, -1));
        program.add(code(AND, 0, 0, MULTICAST_BITS));
        program.add(code(JUMP_IF_EQUAL, 1, 0, MULTICAST));
        program.add(code(RETURN, 0, 0, 0));
        program.add(code(LOAD, 0, 0, MARK));
        for (int mark : marks) {
            program.add(code(JUMP_IF_EQUAL, 0, 1, mark));
            program.add(code(RETURN, 0, 0, WHOLE));
        }
        program.add(code(RETURN, 0, 0, 0));
        if (program.size() > MOST_INSTRUCTIONS) {
            throw new IllegalArgumentException("more marks than a filter takes: " + marks.size());
        }
        return program.stream().mapToLong(Long::longValue).toArray();
    }

    private static long code(int code, int ifTrue, int ifFalse, int operand) {
        return DhcpSockets.code(code, ifTrue, ifFalse, operand);
    }

    private ForecastFilters() {}
}
