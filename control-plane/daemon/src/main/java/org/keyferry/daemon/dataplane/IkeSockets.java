package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.keyferry.nativeshim.Errno;
import org.keyferry.nativeshim.Libc;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmSelector;

/// Socket options of the sockets that carry IKE.
final class IkeSockets {
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IP_XFRM_POLICY = 17;
    private static final int IPV6_XFRM_POLICY = 35;
    private static final int UDP_ENCAP = 100;
    private static final int UDP_ENCAP_ESPINUDP = 2;
    private static final int TCP_ULP = 31;
    private static final byte[] ESP_IN_TCP = "espintcp".getBytes(StandardCharsets.US_ASCII);

    private IkeSockets() {}

    /// Policies of a socket count before all others; those without a template let packets pass.
    ///
    /// @param policies whether the socket gets such
    static void prepare(int fd, boolean v6, boolean natT, boolean policies) throws IOException {
        try {
            if (policies) {
                pass(fd, v6);
            }
            if (natT) {
                Libc.setsockopt(fd, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP);
            }
        } catch (LinuxError e) {
            throw new IOException("prepare IKE socket: " + e.getMessage() + hint(e), e);
        }
    }

    /// `espintcp`, which must not find anything but frames in the stream.
    static void takeEspFromStream(int fd) throws IOException {
        try {
            Libc.setsockopt(fd, IPPROTO_TCP, TCP_ULP, ESP_IN_TCP);
        } catch (LinuxError e) {
            String why = e.is(Errno.ENOENT) ? "; the kernel lacks CONFIG_INET_ESPINTCP" : "";
            throw new IOException("ESP in TCP: " + e.getMessage() + why, e);
        }
    }

    private static void pass(int fd, boolean v6) throws LinuxError {
        for (XfrmDirection direction : List.of(XfrmDirection.IN, XfrmDirection.OUT)) {
            Libc.setsockopt(
                    fd,
                    v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                    v6 ? IPV6_XFRM_POLICY : IP_XFRM_POLICY,
                    bypass(v6 ? AddressFamily.IPV6 : AddressFamily.IPV4, direction));
        }
    }

    private static byte[] bypass(AddressFamily family, XfrmDirection direction) {
        IpPrefix any = IpPrefix.any(family);
        var id = new XfrmPolicyId(XfrmSelector.between(any, any), direction);
        var policy = XfrmPolicy.of(id, 0, XfrmAction.ALLOW, List.of());
        ByteBuffer option = ByteBuffer.allocate(XfrmPolicy.BYTES).order(ByteOrder.nativeOrder());
        policy.encodeFixed(option);
        return option.array();
    }

    private static String hint(LinuxError e) {
        if (e.is(Errno.EPERM)) {
            return "; CAP_NET_ADMIN is needed";
        }
        boolean unknown = e.is(Errno.EOPNOTSUPP) || "ENOPROTOOPT".equals(e.errnoName());
        return unknown ? "; the kernel lacks CONFIG_XFRM_USER or UDP encapsulation" : "";
    }
}
