package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// What tells a state from all others (`struct xfrm_usersa_id` and its mark).
///
/// @param protocol 50 ESP, 51 AH, 108 IPComp
public record XfrmStateId(InetAddress destination, Spi spi, int protocol, XfrmMark mark) {
    /// Of `struct xfrm_usersa_id`.
    static final int BYTES = 24;

    public XfrmStateId {
        Objects.checkIndex(protocol, 256);
    }

    /// Without a mark.
    public XfrmStateId(InetAddress destination, Spi spi, int protocol) {
        this(destination, spi, protocol, XfrmMark.NONE);
    }

    AddressFamily family() {
        return AddressFamily.of(destination);
    }

    /// `struct xfrm_usersa_id`; the mark is an attribute.
    void encode(ByteBuffer out) {
        XfrmAddress.put(out, destination);
        XfrmSelector.putBe32(out, spi.value());
        out.putShort((short) family().number()).put((byte) protocol).put((byte) 0);
    }

    /// `struct xfrm_usersa_id`, without a mark.
    static XfrmStateId decode(StructReader in) throws MalformedKernelMessage {
        var destination = XfrmAddress.read(in);
        var spi = new Spi(in.be32("usersa_id spi"));
        AddressFamily family = AddressFamily.of(in.u16("usersa_id family"));
        int protocol = in.u8("usersa_id proto");
        in.skip("usersa_id padding", 1);
        return new XfrmStateId(destination.as(family), spi, protocol);
    }

    XfrmStateId withMark(XfrmMark newMark) {
        return new XfrmStateId(destination, spi, protocol, newMark);
    }

    /// `esp c0ffee01 to 192.0.2.1`.
    @Override
    public String toString() {
        String text =
                "%s %s to %s"
                        .formatted(XfrmNames.protocol(protocol), spi, destination.getHostAddress());
        return mark.equals(XfrmMark.NONE) ? text : text + " mark " + mark;
    }
}
