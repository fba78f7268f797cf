package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `xfrm_address_t`: 16 bytes whatever the family, which stands elsewhere and often later.
final class XfrmAddress {
    static final int BYTES = 16;

    private XfrmAddress() {}

    static void put(ByteBuffer out, InetAddress address) {
        byte[] bytes = address.getAddress();
        out.put(bytes).put(new byte[BYTES - bytes.length]);
    }

    /// Takes the bytes; [Raw#as] makes an address of them once the family is known.
    static Raw read(StructReader in) throws MalformedKernelMessage {
        return new Raw(in.part("xfrm_address_t", BYTES));
    }

    /// An address that waits for its family.
    record Raw(StructReader bytes) {
        InetAddress as(AddressFamily family) throws MalformedKernelMessage {
            return family.readAddress(bytes);
        }
    }
}
