package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_encap_tmpl`: ESP inside UDP or TCP. The original address is not used.
///
/// @param type [#ESP_IN_UDP], [#ESP_IN_TCP], or what another program chose
/// @param sourcePort of the state's source address
public record XfrmEncap(int type, int sourcePort, int destinationPort) {
    static final int BYTES = 24;

    public static final int ESP_IN_UDP_NON_IKE = 1;
    public static final int ESP_IN_UDP = 2;
    public static final int ESP_IN_TCP = 7;

    public static XfrmEncap udp(int sourcePort, int destinationPort) {
        return new XfrmEncap(ESP_IN_UDP, sourcePort, destinationPort);
    }

    /// The kernel finds the connection by the state's addresses and these ports.
    public static XfrmEncap tcp(int sourcePort, int destinationPort) {
        return new XfrmEncap(ESP_IN_TCP, sourcePort, destinationPort);
    }

    void encode(ByteBuffer out) {
        InetAddress none = AddressFamily.UNSPECIFIED.any();
        out.putShort((short) type);
        XfrmSelector.putBe16(out, sourcePort);
        XfrmSelector.putBe16(out, destinationPort);
        out.putShort((short) 0);
        XfrmAddress.put(out, none);
    }

    static XfrmEncap decode(StructReader in) throws MalformedKernelMessage {
        var encap =
                new XfrmEncap(in.u16("encap_type"), in.be16("encap_sport"), in.be16("encap_dport"));
        in.skip("encap padding and encap_oa", 2 + XfrmAddress.BYTES);
        return encap;
    }
}
