package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_user_tmpl`: the state that a policy wants. All algorithms are allowed.
///
/// @param source, destination outer addresses of one family, any (`0.0.0.0`, `::`) unless the mode
///   has some
/// @param spi [Spi#NONE] for any
/// @param protocol 50 ESP, 51 AH, 108 IPComp
/// @param optional packets may lack it on the way in (IPComp)
public record XfrmTemplate(
        InetAddress source,
        InetAddress destination,
        Spi spi,
        int protocol,
        XfrmMode mode,
        int reqid,
        boolean optional) {
    static final int BYTES = 64;

    private static final int ALL_ALGORITHMS = -1;

    public XfrmTemplate {
        Objects.checkIndex(protocol, 256);
        if (AddressFamily.of(source) != AddressFamily.of(destination))
            throw new IllegalArgumentException(source + " to " + destination);
    }

    AddressFamily family() {
        return AddressFamily.of(destination);
    }

    void encode(ByteBuffer out) {
        XfrmAddress.put(out, destination);
        XfrmSelector.putBe32(out, spi.value());
        out.put((byte) protocol).put(new byte[3]);
        out.putShort((short) AddressFamily.of(destination).number()).putShort((short) 0);
        XfrmAddress.put(out, source);
        out.putInt(reqid).put((byte) mode.number()).put((byte) 0);
        out.put((byte) (optional ? 1 : 0)).put((byte) 0);
        out.putInt(ALL_ALGORITHMS).putInt(ALL_ALGORITHMS).putInt(ALL_ALGORITHMS);
    }

    static XfrmTemplate decode(StructReader in) throws MalformedKernelMessage {
        var destination = XfrmAddress.read(in);
        var spi = new Spi(in.be32("template spi"));
        int protocol = in.u8("template proto");
        in.skip("template padding", 3);
        AddressFamily family = AddressFamily.of(in.u16("template family"));
        in.skip("template padding", 2);
        var source = XfrmAddress.read(in);
        int reqid = in.u32("template reqid");
        var mode = new XfrmMode(in.u8("template mode"));
        in.skip("template share", 1);
        boolean optional = in.u8("template optional") != 0;
        in.skip("template padding and algorithms", 1 + 3 * Integer.BYTES);
        return new XfrmTemplate(
                source.as(family), destination.as(family), spi, protocol, mode, reqid, optional);
    }

    static void put(ByteBuffer out, List<XfrmTemplate> templates) {
        if (templates.isEmpty()) return;
        Attributes.put(out, XfrmAttribute.TMPL, to -> templates.forEach(t -> t.encode(to)));
    }

    static List<XfrmTemplate> of(Attributes attributes) throws MalformedKernelMessage {
        return attributes.find(XfrmAttribute.TMPL, XfrmTemplate::decodeAll).orElse(List.of());
    }

    private static List<XfrmTemplate> decodeAll(StructReader in) throws MalformedKernelMessage {
        var templates = new ArrayList<XfrmTemplate>();
        while (in.remaining() > 0) templates.add(decode(in));
        return templates;
    }
}
