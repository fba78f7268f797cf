package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// One policy of the kernel (`struct xfrm_userpolicy_info` and attributes).
///
/// @param priority unsigned; the lower number wins
/// @param type `XFRM_POLICY_TYPE_MAIN` is 0
/// @param usage told by the kernel only
public record XfrmPolicy(
        XfrmPolicyId id,
        int priority,
        XfrmAction action,
        Set<XfrmPolicyFlag> flags,
        int share,
        int type,
        XfrmLifetime lifetime,
        XfrmUsage usage,
        List<XfrmTemplate> templates,
        Optional<XfrmOffload> offload) {
    /// Of `struct xfrm_userpolicy_info`.
    public static final int BYTES = 168;

    private static final int PADDING_AT_END = 4;

    public XfrmPolicy {
        flags = Set.copyOf(flags);
        templates = List.copyOf(templates);
    }

    /// A policy without limits, flags or device.
    public static XfrmPolicy of(
            XfrmPolicyId id, int priority, XfrmAction action, List<XfrmTemplate> templates) {
        return new XfrmPolicy(
                id,
                priority,
                action,
                Set.of(),
                0,
                0,
                XfrmLifetime.UNLIMITED,
                XfrmUsage.NONE,
                templates,
                Optional.empty());
    }

    public XfrmPolicy withFlags(Set<XfrmPolicyFlag> newFlags) {
        return new XfrmPolicy(
                id, priority, action, newFlags, share, type, lifetime, usage, templates, offload);
    }

    public XfrmPolicy withOffload(XfrmOffload device) {
        return new XfrmPolicy(
                id,
                priority,
                action,
                flags,
                share,
                type,
                lifetime,
                usage,
                templates,
                Optional.of(device));
    }

    /// The fixed struct, which is also the value of the socket options `IP_XFRM_POLICY` and
    /// `IPV6_XFRM_POLICY` when there are no templates.
    public void encodeFixed(ByteBuffer out) {
        id.selector().encode(out);
        lifetime.encode(out);
        usage.encode(out);
        out.putInt(priority).putInt(id.index());
        out.put((byte) id.direction().number()).put((byte) action.number());
        out.put((byte) XfrmPolicyFlag.bits(flags)).put((byte) share);
        out.put(new byte[PADDING_AT_END]);
    }

    /// The body of NEWPOLICY and UPDPOLICY.
    void encode(ByteBuffer out) {
        encodeFixed(out);
        XfrmTemplate.put(out, templates);
        if (type != 0)
            Attributes.put(
                    out, XfrmAttribute.POLICY_TYPE, to -> to.put((byte) type).put(new byte[5]));
        id.mark().put(out);
        if (id.ifId() != 0) Attributes.putU32(out, XfrmAttribute.IF_ID, id.ifId());
        id.securityContext().ifPresent(c -> Attributes.put(out, XfrmAttribute.SEC_CTX, c::encode));
        offload.ifPresent(o -> Attributes.put(out, XfrmAttribute.OFFLOAD_DEV, o::encode));
    }

    /// The body of NEWPOLICY.
    static XfrmPolicy decode(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("xfrm_userpolicy_info", BYTES);
        return decode(fixed, Attributes.readAll(in));
    }

    static XfrmPolicy decode(StructReader fixed, Attributes attributes)
            throws MalformedKernelMessage {
        XfrmSelector selector = XfrmSelector.decode(fixed);
        XfrmLifetime lifetime = XfrmLifetime.decode(fixed);
        XfrmUsage usage = XfrmUsage.decode(fixed);
        int priority = fixed.u32("userpolicy_info priority");
        int index = fixed.u32("userpolicy_info index");
        XfrmDirection direction = XfrmDirection.of(fixed.u8("userpolicy_info dir"));
        XfrmAction action = XfrmAction.of(fixed.u8("userpolicy_info action"));
        int flags = fixed.u8("userpolicy_info flags");
        int share = fixed.u8("userpolicy_info share");
        var id =
                new XfrmPolicyId(
                        selector,
                        direction,
                        index,
                        XfrmMark.of(attributes),
                        attributes.u32(XfrmAttribute.IF_ID).orElse(0),
                        attributes.find(XfrmAttribute.SEC_CTX, XfrmSecurityContext::decode));
        return new XfrmPolicy(
                id,
                priority,
                action,
                XfrmPolicyFlag.of(flags),
                share,
                attributes.u8(XfrmAttribute.POLICY_TYPE).orElse(0),
                lifetime,
                usage,
                XfrmTemplate.of(attributes),
                attributes.find(XfrmAttribute.OFFLOAD_DEV, XfrmOffload::decode));
    }
}
