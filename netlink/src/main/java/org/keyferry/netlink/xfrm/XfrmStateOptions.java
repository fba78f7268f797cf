package org.keyferry.netlink.xfrm;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// What a state may have beyond the fixed struct, each an attribute.
///
/// @param setMark mark that packets get (`XFRMA_SET_MARK`, once called output mark)
/// @param ifId XFRM interface, 0 for none
/// @param tfcPaddingBytes packets are padded to that, -1 to the MTU
/// @param direction tell it to kernels from 6.10 on only
/// @param cpu only packets of that CPU
/// @param replay where the sequence numbers stand; needed for windows above 32 and ESN
/// @param usage for a state that goes on under new addresses (`XFRMA_LTIME_VAL`)
/// @param lastUsedAtSeconds since the epoch; told by the kernel only
/// @param mappingThresholdSeconds how often a changed NAT mapping is told at most
/// @param natKeepaliveSeconds the kernel itself keeps the NAT mapping alive
public record XfrmStateOptions(
        Optional<XfrmEncap> encap,
        Optional<XfrmMark> setMark,
        int ifId,
        OptionalInt tfcPaddingBytes,
        Optional<XfrmSaDirection> direction,
        OptionalInt cpu,
        Optional<XfrmReplay> replay,
        Optional<XfrmUsage> usage,
        Optional<XfrmOffload> offload,
        Optional<XfrmSecurityContext> securityContext,
        Optional<XfrmIptfs> iptfs,
        Optional<InetAddress> careOfAddress,
        OptionalLong lastUsedAtSeconds,
        OptionalInt mappingThresholdSeconds,
        OptionalInt natKeepaliveSeconds) {
    /// In the order of the table of attributes that charon sends.
    void put(ByteBuffer out, XfrmMark mark) {
        encap.ifPresent(e -> Attributes.put(out, XfrmAttribute.ENCAP, e::encode));
        mappingThresholdSeconds.ifPresent(
                v -> Attributes.putU32(out, XfrmAttribute.MTIMER_THRESH, v));
        mark.put(out);
        if (ifId != 0) Attributes.putU32(out, XfrmAttribute.IF_ID, ifId);
        securityContext.ifPresent(c -> Attributes.put(out, XfrmAttribute.SEC_CTX, c::encode));
        setMark.ifPresent(
                m -> {
                    Attributes.putU32(out, XfrmAttribute.SET_MARK, m.value());
                    Attributes.putU32(out, XfrmAttribute.SET_MARK_MASK, m.mask());
                });
        tfcPaddingBytes.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.TFCPAD, v));
        direction.ifPresent(d -> Attributes.putU8(out, XfrmAttribute.SA_DIR, d.number()));
        cpu.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.SA_PCPU, v));
        natKeepaliveSeconds.ifPresent(
                v -> Attributes.putU32(out, XfrmAttribute.NAT_KEEPALIVE_INTERVAL, v));
        iptfs.ifPresent(i -> i.put(out));
        replay.ifPresent(r -> r.put(out));
        usage.ifPresent(u -> Attributes.put(out, XfrmAttribute.LTIME_VAL, u::encode));
        offload.ifPresent(o -> Attributes.put(out, XfrmAttribute.OFFLOAD_DEV, o::encode));
        careOfAddress.ifPresent(
                a -> Attributes.put(out, XfrmAttribute.COADDR, to -> XfrmAddress.put(to, a)));
    }

    static XfrmStateOptions of(Attributes attributes, AddressFamily family)
            throws MalformedKernelMessage {
        Optional<StructReader> lastUsed = attributes.find(XfrmAttribute.LASTUSED);
        OptionalInt direction = attributes.u8(XfrmAttribute.SA_DIR);
        return new XfrmStateOptions(
                attributes.find(XfrmAttribute.ENCAP, XfrmEncap::decode),
                setMark(attributes),
                attributes.u32(XfrmAttribute.IF_ID).orElse(0),
                attributes.u32(XfrmAttribute.TFCPAD),
                direction.isEmpty()
                        ? Optional.empty()
                        : Optional.of(XfrmSaDirection.of(direction.getAsInt())),
                attributes.u32(XfrmAttribute.SA_PCPU),
                XfrmReplay.of(attributes),
                attributes.find(XfrmAttribute.LTIME_VAL, XfrmUsage::decode),
                attributes.find(XfrmAttribute.OFFLOAD_DEV, XfrmOffload::decode),
                attributes.find(XfrmAttribute.SEC_CTX, XfrmSecurityContext::decode),
                XfrmIptfs.of(attributes),
                attributes.find(XfrmAttribute.COADDR, family::readAddress),
                lastUsed.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(lastUsed.get().u64("XFRMA_LASTUSED")),
                attributes.u32(XfrmAttribute.MTIMER_THRESH),
                attributes.u32(XfrmAttribute.NAT_KEEPALIVE_INTERVAL));
    }

    /// A mark without a mask sets all bits.
    private static Optional<XfrmMark> setMark(Attributes attributes) throws MalformedKernelMessage {
        OptionalInt value = attributes.u32(XfrmAttribute.SET_MARK);
        int mask = attributes.u32(XfrmAttribute.SET_MARK_MASK).orElse(-1);
        return value.isEmpty()
                ? Optional.empty()
                : Optional.of(new XfrmMark(value.getAsInt(), mask));
    }
}
