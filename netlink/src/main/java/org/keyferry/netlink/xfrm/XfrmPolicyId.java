package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// What tells a policy from all others (`struct xfrm_userpolicy_id` and attributes): its index if
/// that is not 0, else the rest.
public record XfrmPolicyId(
        XfrmSelector selector,
        XfrmDirection direction,
        int index,
        XfrmMark mark,
        int ifId,
        Optional<XfrmSecurityContext> securityContext) {
    /// Of `struct xfrm_userpolicy_id`.
    static final int BYTES = 64;

    public XfrmPolicyId(XfrmSelector selector, XfrmDirection direction) {
        this(selector, direction, XfrmMark.NONE, 0);
    }

    public XfrmPolicyId(XfrmSelector selector, XfrmDirection direction, XfrmMark mark, int ifId) {
        this(selector, direction, 0, mark, ifId, Optional.empty());
    }

    void encode(ByteBuffer out) {
        encodeFixed(out);
        mark.put(out);
        if (ifId != 0) Attributes.putU32(out, XfrmAttribute.IF_ID, ifId);
        securityContext.ifPresent(c -> Attributes.put(out, XfrmAttribute.SEC_CTX, c::encode));
    }

    void encodeFixed(ByteBuffer out) {
        selector.encode(out);
        out.putInt(index).put((byte) direction.number()).put(new byte[3]);
    }

    static XfrmPolicyId decode(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("xfrm_userpolicy_id", BYTES);
        Attributes attributes = Attributes.readAll(in);
        XfrmSelector selector = XfrmSelector.decode(fixed);
        int index = fixed.u32("userpolicy_id index");
        return new XfrmPolicyId(
                selector,
                XfrmDirection.of(fixed.u8("userpolicy_id dir")),
                index,
                XfrmMark.of(attributes),
                attributes.u32(XfrmAttribute.IF_ID).orElse(0),
                attributes.find(XfrmAttribute.SEC_CTX, XfrmSecurityContext::decode));
    }

    /// `out 10.1.0.0/16 to 10.2.0.0/16`.
    @Override
    public String toString() {
        String text =
                "%s %s to %s"
                        .formatted(
                                XfrmNames.direction(direction),
                                selector.source(),
                                selector.destination());
        if (selector.protocol() != 0) text += " proto " + selector.protocol();
        if (!mark.equals(XfrmMark.NONE)) text += " mark " + mark;
        return ifId == 0 ? text : text + " if_id " + ifId;
    }
}
