package org.keyferry.netlink.xfrm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_user_sec_ctx`: a security module's label.
///
/// @param domain `XFRM_SC_DOI_LSM` is 1
/// @param algorithm `XFRM_SC_ALG_SELINUX` is 1
/// @param label without its final zero
public record XfrmSecurityContext(int domain, int algorithm, String label) {
    private static final int HEADER_BYTES = 8;

    public static XfrmSecurityContext selinux(String label) {
        return new XfrmSecurityContext(1, 1, label);
    }

    void encode(ByteBuffer out) {
        byte[] bytes = label.getBytes(UTF_8);
        int labelBytes = bytes.length + 1;
        out.putShort((short) (HEADER_BYTES + labelBytes)).putShort((short) XfrmAttribute.SEC_CTX);
        out.put((byte) algorithm).put((byte) domain).putShort((short) labelBytes);
        out.put(bytes).put((byte) 0);
    }

    static XfrmSecurityContext decode(StructReader in) throws MalformedKernelMessage {
        in.skip("sec_ctx len and exttype", 4);
        int algorithm = in.u8("ctx_alg");
        int domain = in.u8("ctx_doi");
        int labelBytes = in.u16("ctx_len");
        return new XfrmSecurityContext(domain, algorithm, in.text("ctx_str", labelBytes));
    }
}
