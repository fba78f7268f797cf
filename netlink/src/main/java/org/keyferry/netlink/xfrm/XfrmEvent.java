package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.StructReader;

/// What the kernel tells of its own accord.
public sealed interface XfrmEvent {
    /// A packet needs a state that is not there (`struct xfrm_user_acquire`).
    ///
    /// @param source, destination outer addresses of the template, any if it has none
    /// @param packet what the packet looked like
    /// @param policy with the templates; it holds reqid, mark and label
    /// @param sequence to be given in the state that answers
    /// @param cpu on which the packet was sent, of policies with `CPU_ACQUIRE`
    record Acquire(
            InetAddress source,
            InetAddress destination,
            int protocol,
            XfrmSelector packet,
            XfrmPolicy policy,
            int sequence,
            OptionalInt cpu)
            implements XfrmEvent {}

    /// A state reached its soft or hard limit (`struct xfrm_user_expire`).
    record StateExpired(XfrmState state, boolean hard) implements XfrmEvent {}

    /// A policy reached its soft or hard limit (`struct xfrm_user_polexpire`).
    record PolicyExpired(XfrmPolicy policy, boolean hard) implements XfrmEvent {}

    /// ESP in UDP came from another address or port (`struct xfrm_user_mapping`).
    record MappingChanged(
            XfrmStateId id,
            int reqid,
            InetAddress oldSource,
            int oldSourcePort,
            InetAddress newSource,
            int newSourcePort)
            implements XfrmEvent {}

    /// A state was added.
    record StateAdded(XfrmState state) implements XfrmEvent {}

    /// A state was changed.
    record StateUpdated(XfrmState state) implements XfrmEvent {}

    /// A state was deleted; some kernels tell only its id.
    record StateDeleted(XfrmStateId id, Optional<XfrmState> state) implements XfrmEvent {}

    /// All states of a protocol, 0 or 255 for all, were deleted.
    record StatesFlushed(int protocol) implements XfrmEvent {}

    /// A policy was added.
    record PolicyAdded(XfrmPolicy policy) implements XfrmEvent {}

    /// A policy was changed.
    record PolicyUpdated(XfrmPolicy policy) implements XfrmEvent {}

    /// A policy was deleted; some kernels tell only its id.
    record PolicyDeleted(XfrmPolicyId id, Optional<XfrmPolicy> policy) implements XfrmEvent {}

    /// All policies of a type, 0 being main, were deleted.
    record PoliciesFlushed(int type) implements XfrmEvent {}

    /// Sequence numbers and counters reached a threshold.
    record Replay(XfrmReplayEvent event) implements XfrmEvent {}

    /// Policies and states got new addresses.
    record Migrated(XfrmMigration migration) implements XfrmEvent {}

    /// A Mobile IPv6 packet was dropped (`struct xfrm_user_report`).
    record Reported(int protocol, XfrmSelector selector) implements XfrmEvent {}

    /// A message of a newer kernel.
    record Unrecognized(int messageType) implements XfrmEvent {}

    static XfrmEvent decode(NetlinkMessage message) throws MalformedKernelMessage {
        StructReader in = message.body();
        return switch (message.type()) {
            case XfrmMessageType.ACQUIRE -> acquire(in);
            case XfrmMessageType.EXPIRE -> stateExpired(in);
            case XfrmMessageType.POLEXPIRE -> policyExpired(in);
            case XfrmMessageType.MAPPING -> mappingChanged(in);
            case XfrmMessageType.NEWSA -> new StateAdded(XfrmState.decode(in));
            case XfrmMessageType.UPDSA -> new StateUpdated(XfrmState.decode(in));
            case XfrmMessageType.DELSA -> stateDeleted(in);
            case XfrmMessageType.FLUSHSA -> new StatesFlushed(in.u8("usersa_flush proto"));
            case XfrmMessageType.NEWPOLICY -> new PolicyAdded(XfrmPolicy.decode(in));
            case XfrmMessageType.UPDPOLICY -> new PolicyUpdated(XfrmPolicy.decode(in));
            case XfrmMessageType.DELPOLICY -> policyDeleted(in);
            case XfrmMessageType.FLUSHPOLICY ->
                    new PoliciesFlushed(
                            Attributes.readAll(in).u8(XfrmAttribute.POLICY_TYPE).orElse(0));
            case XfrmMessageType.NEWAE -> new Replay(XfrmReplayEvent.decode(in));
            case XfrmMessageType.MIGRATE -> new Migrated(XfrmMigration.decode(in));
            case XfrmMessageType.REPORT -> reported(in);
            default -> new Unrecognized(message.type());
        };
    }

    private static Acquire acquire(StructReader in) throws MalformedKernelMessage {
        var destination = XfrmAddress.read(in);
        in.skip("acquire spi", 4);
        int protocol = in.u8("acquire proto");
        in.skip("acquire padding", 3);
        var source = XfrmAddress.read(in);
        XfrmSelector packet = XfrmSelector.decode(in);
        StructReader policy = in.part("acquire policy", XfrmPolicy.BYTES);
        in.skip("acquire algorithms", 3 * Integer.BYTES);
        int sequence = in.u32("acquire seq");
        Attributes attributes = Attributes.readAll(in);
        XfrmPolicy decoded = XfrmPolicy.decode(policy, attributes);
        // The outer family stands in the template only.
        var family =
                decoded.templates().isEmpty()
                        ? packet.source().family()
                        : decoded.templates().getFirst().family();
        return new Acquire(
                source.as(family),
                destination.as(family),
                protocol,
                packet,
                decoded,
                sequence,
                attributes.u32(XfrmAttribute.SA_PCPU));
    }

    private static StateExpired stateExpired(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("expired state", XfrmState.BYTES);
        boolean hard = in.u8("expire hard") != 0;
        in.skip("expire padding", 7);
        return new StateExpired(XfrmState.decode(fixed, Attributes.readAll(in)), hard);
    }

    private static PolicyExpired policyExpired(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("expired policy", XfrmPolicy.BYTES);
        boolean hard = in.u8("polexpire hard") != 0;
        in.skip("polexpire padding", 7);
        return new PolicyExpired(XfrmPolicy.decode(fixed, Attributes.readAll(in)), hard);
    }

    private static MappingChanged mappingChanged(StructReader in) throws MalformedKernelMessage {
        XfrmStateId id = XfrmStateId.decode(in);
        int reqid = in.u32("mapping reqid");
        var oldSource = XfrmAddress.read(in);
        var newSource = XfrmAddress.read(in);
        int oldSourcePort = in.be16("old_sport");
        int newSourcePort = in.be16("new_sport");
        return new MappingChanged(
                id,
                reqid,
                oldSource.as(id.family()),
                oldSourcePort,
                newSource.as(id.family()),
                newSourcePort);
    }

    private static StateDeleted stateDeleted(StructReader in) throws MalformedKernelMessage {
        StructReader id = in.part("deleted state", XfrmStateId.BYTES);
        Attributes attributes = Attributes.readAll(in);
        Optional<StructReader> fixed = attributes.find(XfrmAttribute.SA);
        return new StateDeleted(
                XfrmStateId.decode(id).withMark(XfrmMark.of(attributes)),
                fixed.isEmpty()
                        ? Optional.empty()
                        : Optional.of(XfrmState.decode(fixed.get(), attributes)));
    }

    private static PolicyDeleted policyDeleted(StructReader in) throws MalformedKernelMessage {
        StructReader fixed = in.part("deleted policy", XfrmPolicyId.BYTES);
        StructReader rest = in.part("deleted policy's attributes", in.remaining());
        Attributes attributes = Attributes.readAll(rest);
        XfrmPolicyId bare = XfrmPolicyId.decode(fixed);
        var id =
                new XfrmPolicyId(
                        bare.selector(),
                        bare.direction(),
                        bare.index(),
                        XfrmMark.of(attributes),
                        attributes.u32(XfrmAttribute.IF_ID).orElse(0),
                        Optional.empty());
        Optional<StructReader> policy = attributes.find(XfrmAttribute.POLICY);
        return new PolicyDeleted(
                id,
                policy.isEmpty()
                        ? Optional.empty()
                        : Optional.of(XfrmPolicy.decode(policy.get(), attributes)));
    }

    private static Reported reported(StructReader in) throws MalformedKernelMessage {
        int protocol = in.u8("report proto");
        in.skip("report padding", 3);
        return new Reported(protocol, XfrmSelector.decode(in));
    }
}
