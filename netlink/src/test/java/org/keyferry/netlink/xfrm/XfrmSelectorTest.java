package org.keyferry.netlink.xfrm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

class XfrmSelectorTest {
    /// ALLOCSPI answers with such a selector: addresses and lengths are there, the family is not.
    @Test
    void aLarvalIpv6StatesSelectorHasNoFamily()
            throws MalformedKernelMessage, UnknownHostException {
        var own = InetAddress.getByName("fd00::1");
        var peer = InetAddress.getByName("fd00::2");
        ByteBuffer struct = ByteBuffer.allocate(XfrmSelector.BYTES).order(ByteOrder.nativeOrder());
        struct.put(own.getAddress()).put(peer.getAddress());
        struct.putLong(0); // ports and their masks
        struct.putShort((short) 0).put((byte) 128).put((byte) 128);
        XfrmSelector selector = XfrmSelector.decode(new StructReader(struct.rewind()));
        assertEquals(AddressFamily.UNSPECIFIED, selector.family());
        assertEquals(own, selector.destination().address());
        assertEquals(peer, selector.source().address());
    }
}
